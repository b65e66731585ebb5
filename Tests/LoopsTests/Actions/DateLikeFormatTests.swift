import DevKit
import Loops
import Support
import Testing

/// What day.js and the `Date` of Node.js take; the vectors hold what Segment was asked.
@Suite struct DateLikeFormatTests {
    @Test(arguments: [
        "0", "-1", "007", "1697105472", "1697105472123", "16971054721234567890", "3.14", "-0.5", "8640000000000",
        "2023", "2023-10", "2023-10-12", "2023/10/12", "2023-1-2", "20231012", "2023-13-45", "2023-10-12T10",
        "2023-10-12 99:99:99",
        "2023-10-12   10:11:12", "2023-10-12T10:11:12.345", "2023-10-12T10:11:12:345", "2023-10-12t10:11", "2023-1012",
        "202310-12T101112",
        "2023-10-12T10:11:12Z", "2023-10-12T10:11:12.3Z", "2023-10-12T10:11:12.3456789Z", "2023-10-12T10:11Z",
        "2023-10Z",
        "2023-10-12T10:11:12+02:00", "2023-10-12T10:11:12-0330", "2023-10-12T24:00:00Z", "+002023-10-12T00:00:00Z",
        "-000001-01-01T00:00:00Z",
        "12/10/2023", "10-12-2023", "12.10.2023", "1/2/03", "32/1/2", "Oct 12, 2023", "October 12 2023", "12 Oct 2023",
        "12-Oct-2023", "oct 12",
        "Thu, 12 Oct 2023 10:11:12 GMT", "Thu Oct 12 2023 10:11:12 GMT+0200 (CEST)", "12 Oct 2023 10:11 PM",
        "12 Oct 2023 12:00 am",
        "Oct 12 2023 10:11:12 EST", "Oct 12 2023 10:11:12 +02:00", "2023-10-12 10:11:12 +0200",
        "2023-10-12 10:11:12 UTC", "on 2023-10-12",
        "12 (twelve) 10 2023", "1 2", "foo 1", "2023-10-12 10:11:12 Z", "2023-10-12T10:11:12.", "--1",
        "May 2010", "2023 June", "Sept 2014 17:08:56 GMT", "December 2023", "275760-04-08", "2023-10\u{a0}12",
        "12\u{a0}Oct\u{3000}2023", "00001697105472123",
    ])
    func taken(text: String) {
        #expect(DateLikeFormat.isDate(text))
    }

    @Test(arguments: [
        "", " ", "x", "yesterday", "soon", "null", "Oct", "10:11:12", "2023-W41-4", "2023-10-12T25:00:00Z",
        "2023-10-12T10:60:00Z",
        "2023-10-12T10:11:12 Z", "2023-10-12T24:00:01Z", "2023-10-12T10:11:12+25:00", "2023-10-12T10:11:12+2",
        "2023-10-12Tx", "T10:11:12Z",
        "-000000-01-01T00:00:00Z", "13/13/2023", "Oct 32 2023 x", "1e3", "1e+21", "Infinity", "NaN", "l1", "x2023",
        "12 Oct 2023 13:00 PM", "12 Oct 2023 10:11 xyz", "1 2 3 4", "2023)", "١٢", "٢٠٢٣", "{{x}}", "a@b.co", "-", "😀",
        "(",
        "1697105472123456", "8640000000001", "-8640000000001", "275760-09-14", "8640000000000.5", "May",
        "20100 May 20100",
        "12 Oct 2023 25:00", "Oct 12 2023 10:11:12 +123456", "999999999 1",
    ])
    func refused(text: String) {
        #expect(!DateLikeFormat.isDate(text))
    }

    @Test func longTextsAreAnsweredAtOnce() {
        for text in [
            "2023-10-12" + String(repeating: " ", count: 200_000) + "x", String(repeating: "(", count: 200_000),
        ] {
            #expect(!DateLikeFormat.isDate(text))
        }
        #expect(DateLikeFormat.isDate(String(repeating: "1", count: 200_000)))
        #expect(DateLikeFormat.isDate("2023" + String(repeating: "\u{a0}", count: 200_000)))
    }

    /// Digits that JavaScript prints as they are count as seconds; all other runs of digits are read as dates are.
    @Test(arguments: 0..<4)
    func digitsAreUnixTimeWithinItsRange(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let number = Int.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &generator)
            let shifted = number >> Int.random(in: 0..<40, using: &generator)
            #expect(DateLikeFormat.isDate("\(shifted)") == (shifted.magnitude <= 8_640_000_000_000), "\(shifted)")
        }
    }

    @Test(arguments: [
        "January", "Feb", "marc", "APRIL", "may", "jun", "July", "Aug", "Sept", "October", "nov", "December",
    ])
    func aMonthAndAYear(month: String) {
        for year in [32, 99, 1970, 2010, 2023, 9999] {
            #expect(DateLikeFormat.isDate("\(month) \(year)"))
            #expect(DateLikeFormat.isDate("\(year) \(month)"))
            #expect(DateLikeFormat.isDate("\(month)\u{a0}\(year)"))
        }
    }
}
