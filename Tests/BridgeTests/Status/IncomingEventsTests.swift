import StreamGroups
import Testing

@testable import Bridge

@Suite("What comes in over HTTP, as intakes tell it")
struct IncomingEventsTests {
    private func report(_ change: (inout IntakeReport) -> Void = { _ in }) -> IntakeReport {
        var report = IntakeReport(since: 5000)
        report.keys = ["shop": .init(accepted: 10, duplicates: 2, dropped: 1)]
        report.drops = ["page": 1]
        report.libraries = ["analytics-python": 12]
        report.acceptedPerSecond = 2
        change(&report)
        return report
    }

    private func stream(_ name: String, _ intakes: [ReportedIntake]?) -> StreamStatus {
        var stream = StreamStatus(name: name, partitions: 8)
        stream.intakes = intakes
        return stream
    }

    private func intake(_ id: String, silent: Double = 1, _ report: IntakeReport) -> ReportedIntake {
        ReportedIntake(id: id, silentSeconds: silent, report: report)
    }

    @Test("A report survives its text, and one that is no report is none")
    func text() {
        let whole = report {
            $0.held = 3
            $0.oldestHeldSeconds = 1.5
            $0.outageSeconds = 4
            $0.failure = "unreachable"
            $0.otherKeys = .init(accepted: 1, duplicates: 1, dropped: 1)
        }
        #expect(IntakeReport(whole.text) == whole)
        #expect(IntakeReport(report().text) == report())
        for text in [
            "", "{}", "[]", "null", #"{"since":"1"}"#, #"{"since":1.5}"#, String(repeating: " ", count: 20_000),
        ] {
            #expect(IntakeReport(text) == nil, "\(text.prefix(20))")
        }
        // Whoever may write to Redis may have written anything.
        let odd = IntakeReport(
            #"{"since":1,"keys":{"a":[-1,1e300,"x"],"b":7},"drops":{"p":-3},"libraries":[],"held":-2,"acceptedPerSecond":-1}"#
        )
        #expect(odd?.keys == ["a": .init(accepted: 0, duplicates: .max, dropped: 0), "b": .init()])
        #expect(odd?.drops == ["p": 0] && odd?.held == 0 && odd?.acceptedPerSecond == nil)
    }

    @Test("A report has a limit: write keys without room are told together, those with the most events apart")
    func bounded() throws {
        let name = String(repeating: "n", count: 60)
        let large = report {
            $0.keys = Dictionary(
                uniqueKeysWithValues: (0..<1000).map {
                    ("\(name)\($0)", .init(accepted: $0, duplicates: .max / 2000, dropped: 1))
                }
            )
            $0.drops = Dictionary(uniqueKeysWithValues: (0..<100).map { ("reason\($0)", $0) })
            $0.libraries = Dictionary(uniqueKeysWithValues: (0..<100).map { ("\(name)\($0)", $0) })
        }
        #expect(large.text.utf8.count <= IntakeReport.bytesMax)
        let read = try #require(IntakeReport(large.text))
        #expect(
            read.keys.count == IntakeReport.keysMax && read.keys["\(name)999"] != nil && read.keys["\(name)0"] == nil
        )
        #expect(read.total == large.total)
    }

    @Test("Intakes and streams are added up; one process with several streams is one intake")
    func sum() throws {
        let second = report { $0.keys = ["shop": .init(accepted: 1), "web": .init(dropped: 7)] }
        let incoming = try #require(
            IncomingEvents([
                stream("a", [intake("host-1/aa", report()), intake("host-2/bb", report())]),
                stream("b", [intake("host-1/aa", silent: 3, second)]),
            ])
        )
        #expect(incoming.intakes.map(\.name) == ["host-1", "host-2"])
        #expect(incoming.intakes[0].silentSeconds == 1 && incoming.intakes[0].total.accepted == 11)
        #expect(incoming.total == .init(accepted: 21, duplicates: 4, dropped: 9))
        #expect(incoming.keys["shop"] == .init(accepted: 21, duplicates: 4, dropped: 2))
        #expect(incoming.keys["web"] == .init(dropped: 7))
        #expect(incoming.drops == ["page": 3] && incoming.libraries == ["analytics-python": 36])
        #expect(incoming.acceptedPerSecond == 6 && incoming.held == 0)
    }

    @Test("Unknown of one stream is unknown of all; no intake is none, and has no rate")
    func unknown() {
        #expect(IncomingEvents([stream("a", [intake("i", report())]), stream("b", nil)]) == nil)
        let none = IncomingEvents([stream("a", [])])
        #expect(none?.intakes == [] && none?.acceptedPerSecond == nil && none?.held == nil)
        let young = IncomingEvents([
            stream("a", [intake("i", report()), intake("j", report { $0.acceptedPerSecond = nil })])
        ])
        #expect(young != nil && young?.acceptedPerSecond == nil)
    }

    @Test("Of an intake that has missed reports, totals stay and what it holds is unknown")
    func silent() {
        let busy = report {
            $0.held = 4
            $0.outageSeconds = 9
        }
        let incoming = IncomingEvents([stream("a", [intake("i", silent: 20, busy)])])
        #expect(incoming?.total.accepted == 10)
        #expect(
            incoming?.held == nil && incoming?.acceptedPerSecond == nil && incoming?.intakes[0].outageSeconds == nil
        )
    }

    @Test("As many write keys are told apart as one report has, however many intakes there are")
    func keys() {
        let intakes = (0..<60).map { index in
            intake("i\(index)", report { $0.keys = ["key\(index)": .init(accepted: 1)] })
        }
        let incoming = IncomingEvents([stream("a", intakes)])
        #expect(incoming?.keys.count == IntakeReport.keysMax && incoming?.otherKeys.accepted == 10)
        #expect(incoming?.total.accepted == 60)
    }
}
