import Testing

@testable import Bridge
@testable import Support

@Suite("Recent failures")
struct RecentFailuresTests {
    private func failure(_ contact: String?, reason: String = "timeout", at: Double, detail: String = "late")
        -> RecentFailure
    {
        RecentFailure(
            kind: .retry,
            reason: reason,
            stream: "s",
            contact: contact,
            status: 503,
            detail: detail,
            at: at
        )
    }

    @Test("The newest comes first, and the list has an end")
    func bounded() {
        var failures = RecentFailures()
        for number in 0..<100 { failures.add(failure("u", at: Double(number), detail: "late by \(number)")) }
        #expect(failures.list.count == RecentFailures.limit)
        #expect(failures.list.map(\.at) == (80..<100).reversed().map(Double.init))
    }

    @Test("A repeated failure is counted, and pushes nothing out")
    func repeated() {
        var failures = RecentFailures()
        failures.add(failure("ann", at: 1))
        for number in 0..<500 { failures.add(failure(nil, reason: "throttled", at: Double(number))) }
        failures.add(failure("ann", at: 600))
        #expect(failures.list.map(\.count) == [2, 500])
        #expect(failures.list.map(\.at) == [600, 499])
    }

    @Test("The same for many contacts is one line with their number, which has an end too")
    func folded() {
        var failures = RecentFailures()
        failures.add(failure("other", reason: "serverError", at: 0))
        for number in 0..<300 { failures.add(failure("user-\(number % 150)", at: Double(number))) }
        #expect(failures.list.map(\.count) == [300, 1])
        #expect(failures.list.map(\.contacts) == [64, 1])
        #expect(failures.list[0].contact == Redaction.hash("user-149"))
        for _ in 0..<2 { failures.add(failure("ann", reason: "timedOut", at: 400)) }
        #expect(failures.list[0].contacts == 1)
        failures.add(failure(nil, reason: "throttled", at: 500))
        #expect(failures.list[0].contacts == 0)
    }

    @Test("Nobody can read from it who it was")
    func discreet() {
        let failure = failure("ann-smith", at: 1, detail: "ann-smith <ann@example.com> is refused")
        #expect(failure.contact == Redaction.hash("ann-smith"))
        #expect(!failure.detail.contains("ann"))
        #expect(self.failure("c", at: 1, detail: String(repeating: "x", count: 9999)).detail.count == 200)
    }
}
