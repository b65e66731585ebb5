import Testing

@testable import Loops

@Suite("Retry-After: how long a server asks to wait")
struct RetryAfterTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(
        "Seconds, or a date that is compared with the server's own; nothing else, and never longer than the bound",
        arguments: [
            ("0", 0), ("3", 3), (" 120 ", 120), ("86400", 600), ("-1", nil), ("soon", nil), ("", nil), ("1.5", nil),
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Mon, 07 Nov 1994 00:00:00 GMT", 600), (date, 0),
            ("Sun, 06 Nov 1994 08:49:07 GMT", 0), ("Sun, 06 Foo 1994 08:49:07 GMT", nil),
        ] as [(String, Int64?)]
    )
    func header(text: String, seconds: Int64?) {
        #expect(RetryAfter.duration(text, date: Self.date) == seconds.map { .seconds($0) })
    }

    @Test("Without the server's date, a date says nothing; ends of months and years are no gaps")
    func dates() {
        #expect(RetryAfter.duration(Self.date, date: nil) == nil && RetryAfter.duration(nil, date: Self.date) == nil)
        let pairs = [
            ("Sat, 31 Dec 2022 23:59:50 GMT", "Sun, 01 Jan 2023 00:00:10 GMT"),
            ("Wed, 28 Feb 2024 23:59:50 GMT", "Thu, 29 Feb 2024 00:00:10 GMT"),
            ("Thu, 29 Feb 2024 23:59:50 GMT", "Fri, 01 Mar 2024 00:00:10 GMT"),
            ("Tue, 28 Feb 2023 23:59:50 GMT", "Wed, 01 Mar 2023 00:00:10 GMT"),
        ]
        for (now, then) in pairs { #expect(RetryAfter.duration(then, date: now) == .seconds(20), "\(then)") }
    }
}
