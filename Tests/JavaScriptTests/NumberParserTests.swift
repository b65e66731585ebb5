import JavaScript
import Testing

/// What Node.js 20 printed for `Number(text)`.
@Suite("Numbers are read as V8 reads them")
struct NumberParserTests {
    @Test(
        "What is a number",
        arguments: [
            ("", 0), (" \u{feff}\n", 0), ("12", 12), (" 12 ", 12), ("+1", 1), ("-0.5", -0.5), (".5", 0.5), ("5.", 5),
            ("-.5e1", -5), ("1.e2", 100), ("1e3", 1000), ("1E+3", 1000), ("0x1F", 31), ("0o17", 15), ("0B11", 3),
            ("00012", 12), ("Infinity", .infinity), ("+Infinity", .infinity), ("-Infinity", -.infinity),
            ("1e999", .infinity), ("9007199254740993", 9_007_199_254_740_992),
            ("0xee9007199254740993", 4.400703381525445e+21), ("0x20000000000001", 9_007_199_254_740_992),
            ("0x200000000000010000000000000001", 1.6615349947311452e+35),
            ("0x" + String(repeating: "f", count: 300), .infinity),
        ]
    )
    func number(text: String, number: Double) { #expect(NumberParser.parse(text) == number) }

    @Test(
        "What is none",
        arguments: [
            ".", "-", "+", "-.", "+.", "e5", ".e5", "1e", "1e+", "1.2.3", "--1", "+-1", "1 2", "0x", "0xg", "-0x10",
            "0b2",
            "0o8", "infinity", "nan", "NaN", "0x1p3", "1_000", "1,000", "12px", "١٢", "１２", "0x１",
        ]
    )
    func none(text: String) { #expect(NumberParser.parse(text).isNaN) }
}
