import ArgumentParser
import BridgeService
import DevKit
import Foundation
import Ingest
import JSON
import Segment
import Testing

@testable import loops_bridge

@Suite("publish: where events go, how fast, and from which files")
struct PublishTests {
    private func targets(_ typed: String?, read: [String] = ["segment:events"]) throws -> PublishTargets {
        try PublishTargets(typed, read: read, contactPaths: ContactKeyRule.defaultPaths)
    }

    @Test("A stream, a pattern, or what the first of the bridge's streams belongs to")
    func streams() throws {
        #expect(try targets(nil).streams == ["segment:events"])
        #expect(try targets("shop").name == "shop")
        let family = (0..<4).map { "shop:{\($0)}" }
        #expect(try targets("shop:{0..3}").streams == family && targets("shop:{0..3}").name == "shop:{0..3}")
        #expect(try targets(nil, read: family + ["other"]).streams == family)
        #expect(try targets(nil, read: ["other"] + family).streams == ["other"])
        // With a gap, it is no family of four.
        #expect(try targets(nil, read: ["shop:{0}", "shop:{1}", "shop:{3}"]).streams == ["shop:{0}", "shop:{1}"])
        for wrong in ["", "shop:{1..3}", "shop:{3..0}", "shop{0..3}", "shop:{0..9999}"] {
            #expect(throws: PublishTargets.Fault.self, "\(wrong)") { try targets(wrong) }
        }
    }

    @Test("An event goes where the intake would put it")
    func sameAsTheIntake() throws {
        let targets = try targets("s:{0..6}")
        var random = SystemRandomNumberGenerator()
        for number in 0..<200 {
            let event = #"{"type":"track","messageId":"m\#(number)","userId":"u\#(number)","event":"E"}"#
            let nobody = #"{"type":"track","messageId":"m\#(number)","userId":" ","event":"E"}"#
            for text in [event, nobody] {
                guard case .object(let object) = try JSONParser.parse(text) else { return }
                let batch = EventNormalizer().normalize(
                    ["batch": [.object(object)]],
                    endpoint: IngestEndpoint(method: "POST", path: "/v1/batch"),
                    key: IngestKey(name: "k", stream: "s"),
                    now: 0,
                    random: &random
                )
                let stream = targets.shards.stream(of: try #require(batch.events.first))
                #expect(targets.streams[targets.index(of: Array(text.utf8))] == stream)
            }
        }
    }

    @Test("A rate is kept over any time, and what was missed is not made up for")
    func pace() {
        let start = ContinuousClock.now
        var pace = PublishPace(rate: 50)
        #expect(pace.batch(atMost: 500) == 5 && PublishPace(rate: 0.5).batch(atMost: 500) == 1)
        #expect(PublishPace(rate: 1_000_000).batch(atMost: 500) == 500)
        for index in 0..<100 { #expect(pace.turn(of: 5, now: start) == start + .milliseconds(100 * index)) }
        let late = start + .seconds(60)
        #expect(pace.turn(of: 5, now: late) == late)
        #expect(pace.turn(of: 5, now: late) == late + .milliseconds(100))
    }

    @Test("Of a folder all files of events, by their paths; other names and links to folders are left out")
    func files() async throws {
        try await TemporaryFolder.with { folder in
            let base = URL(fileURLWithPath: folder)
            for name in ["b/2.gz", "b/1.json", "a/x.ndjson", "c.jsonl", "b/notes.txt", ".hidden.json", "e/none.txt"] {
                let url = base.appending(path: name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data().write(to: url)
            }
            try FileManager.default.createSymbolicLink(atPath: folder + "/a/loop", withDestinationPath: folder)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/d.json",
                withDestinationPath: folder + "/c.jsonl"
            )
            var files = try PublishFiles([folder, "-", "notes.txt"])
            let names = ["a/x.ndjson", "b/1.json", "b/2.gz", "c.jsonl", "d.json"].map { "\(folder)/\($0)" }
            #expect(files.paths == names + ["-", "notes.txt"] && files.skipped == 3)
            try files.begin(at: folder + "/b/2.gz")
            #expect(files.paths.count == 5)
            #expect(throws: CommandInput.Fault.self) { try files.begin(at: "nowhere") }
            #expect(throws: CommandInput.Fault.self, "an empty one") { try PublishFiles([folder + "/e"]) }
            #expect(try PublishFiles([]).paths == ["-"])
        }
    }

    @Test(
        "Options that make no sense are refused",
        arguments: ["--from-line 0", "--rate 0", "--rate 9999999", "--check --rate 5", "--rate nan"]
    )
    func options(line: String) {
        #expect(throws: (any Error).self) {
            try LoopsBridge.parseAsRoot(["publish"] + line.split(separator: " ").map(String.init))
        }
    }
}
