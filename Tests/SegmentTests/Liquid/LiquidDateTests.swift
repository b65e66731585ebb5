import DevKit
import JavaScript
import Support
import Testing

@testable import Segment

@Suite("Liquid dates")
struct LiquidDateTests {
    @Test(
        "directives",
        arguments: [
            ("%Y-%m-%d %H:%M:%S.%L", "2023-10-05 09:08:07.006"), ("%a %A %b %B %h", "Thu Thursday Oct October Oct"),
            ("%C %y %j %e %k %l %I", "20 23 278  5  9  9 09"), ("%p %P %q %u %w %U %W", "AM am th 4 4 39 39"),
            ("%s %N %3N", "1696496887 600000000 600"), ("%z %:z %Z", "+0000 +00:00 UTC"),
            ("%c|%x|%X", "10/5/2023, 9:08:07 AM|10/5/2023|9:08:07 AM"), ("%t%n%%", "\t\n%"),
            ("%-d %_d %05d %-m %^a %#p %10Y", "5  5 00005 10 THU am 0000002023"),
            ("%Q %-Q %E% 100%", "%Q %-Q % 100%"), ("%Ey %Od", "23 05"),
        ]
    )
    func directives(_ format: String, _ expected: String) throws {
        try LiquidCase("{{ '2023-10-05T09:08:07.006Z' | date: \"\(format)\" }}", expected).check()
    }

    @Test(
        "texts that JavaScript takes for dates, in seconds and milliseconds",
        arguments: [
            ("2023T00:00", "1672531200"), ("2023-10", "1696118400"), ("2023-10-12", "1697068800"),
            ("2023-10-12T10:11", "1697105460"), ("2023-10-12T10:11:12.5Z", "1697105473"),
            ("2023-10-12T10:11:12+02:00", "1697098272"), ("2023-10-12 10:11:12", "1697105472"),
            ("2023/10/12", "1697068800"), ("10/12/2023", "1697068800"), ("12 Oct 2023", "1697068800"),
            ("October 12, 2023 10:11 PM", "1697148660"), ("Thu, 12 Oct 2023 10:11:12 GMT", "1697105472"),
            ("Thu Oct 12 2023 10:11:12 GMT+0200 (CEST)", "1697098272"), ("12 Oct 2023 10:11:12 EST", "1697123472"),
            ("2023-02-30", "1677715200"), ("-000001-01-01T00:00:00Z", "-62198755200"), ("1697105472", "1697105472"),
            ("Oct 12", "1002844800"),
        ]
    )
    func texts(_ text: String, _ expected: String) throws {
        try LiquidCase("{{ d | date: '%s' }}", expected, event: "{\"d\": \"\(text)\"}").check()
    }

    @Test(
        "what is no date is passed through",
        arguments: [
            #""yesterday""#, #""10:11:12""#, #""2023-13-01""#, #""12 Oct 2023 foo""#, #""2023-10-12T10""#, #""""#,
            #""999999999-01-01""#, #""Jan 1 999999999""#,
        ]
    )
    func noDates(_ json: String) throws {
        try LiquidCase("{{ d | date: '%Y' | json }}", json, event: "{\"d\": \(json)}").check()
    }

    @Test(
        "other values",
        arguments: [
            LiquidCase("{{ d | date: '%s' }}", "5", event: #"{"d": 5}"#), LiquidCase("[{{ nil | date: '%Y' }}]", "[]"),
            LiquidCase("{{ d | date: '%Y' }}", "1970", event: #"{"d": 1.5}"#),
            LiquidCase("{{ d | date: '%Y' }}", "[object Object]", event: #"{"d": {}}"#),
            LiquidCase("{{ d | date: '%Y' }}", "1e+300", event: #"{"d": 1e300}"#),
            // In a list, digits are no Unix time, and a zone that is none hurts only dates.
            LiquidCase("{{ d | date: '%Y' }}", "2001", event: #"{"d": [1]}"#),
            LiquidCase("[{{ nil | date: '%Y', 'Mars/Olympus' }}{{ 'soon' | date: '%Y', 'Mars/Olympus' }}]", "[soon]"),
            LiquidCase("{{ 'now' | date: '%Y-%m-%d' }} {{ 'today' | date: '%H' }}", "2023-10-12 10"),
            LiquidCase("{{ 'now' | date }}", "Thursday, October 12, 2023 at 10:11 am +0000"),
        ]
    )
    func values(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "zones",
        arguments: [
            LiquidCase("{{ 'now' | date: '%d %H:%M %z %Z', 360 }}", "12 04:11 -0600 -0600"),
            LiquidCase("{{ 'now' | date: '%d %H:%M %z %Z', -870 }}", "13 00:41 +1430 +1430"),
            LiquidCase("{{ 'now' | date: '%H:%M %:z %Z', '+05:30' }}", "15:41 +05:30 +05:30"),
            LiquidCase("{{ 'now' | date: '%H:%M %Z', 'Etc/UTC' }}", "10:11 Etc/UTC"),
            LiquidCase("{{ 'now' | date: '%H:%M %z %Z', 'Asia/Kathmandu' }}", "15:56 +0545 Asia/Kathmandu"),
            LiquidCase("{{ 'now' | date: '%H:%M:%S %z', 330.5 }}", "04:40:42 -0530.5"),
            LiquidCase("{{ 'now' | date: '%H:%M %Z', nil }}", "10:11 +0000"),
        ]
    )
    func zones(_ row: LiquidCase) throws { try row.check() }

    @Test("a zone that is not known is an error that says what to write instead")
    func unknownZone() throws {
        let error = try liquidRenderError("{{ 'now' | date: '%H', 'Mars/Olympus' }}")
        #expect(error?.kind == .filterFailed("date"))
        #expect(error?.reason == "time zone \"Mars/Olympus\" is not known")
        #expect(error?.hint != nil)
    }

    @Test(
        "named formats",
        arguments: [
            LiquidCase("{{ 'now' | date_to_xmlschema }}", "2023-10-12T10:11:12+00:00"),
            LiquidCase("{{ 'now' | date_to_rfc822 }}", "Thu, 12 Oct 2023 10:11:12 +0000"),
            LiquidCase("{{ 'now' | date_to_string }} {{ 'now' | date_to_long_string }}", "12 Oct 2023 12 October 2023"),
            LiquidCase("{{ 'now' | date_to_string: 'ordinal' }}", "12th Oct 2023"),
            LiquidCase("{{ '2023-10-02' | date_to_long_string: 'ordinal', 'US' }}", "October 2nd, 2023"),
            LiquidCase("{{ 'x' | date_to_string }}", "x"),
        ]
    )
    func namedFormats(_ row: LiquidCase) throws { try row.check() }

    @Test("days and dates are each other's inverse")
    func calendar() {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<5_000 {
            let days = Int.random(in: -100_000_000...100_000_000, using: &generator)
            let date = GregorianCalendar.date(daysSince1970: days)
            #expect(GregorianCalendar.daysSince1970(year: date.year, month: date.month, day: date.day) == days)
            #expect((1...12).contains(date.month) && (1...31).contains(date.day))
        }
    }
}
