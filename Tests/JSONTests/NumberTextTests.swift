import DevKit
import JSON
import Support
import Testing

@Suite("JavaScript's number text")
struct NumberTextTests {
    @Test(
        "follows Number.prototype.toString",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"),
            (100, "100"), (1e15, "1000000000000000"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e21, "1.5e+21"), (1.2345678901234568e20, "123456789012345680000"),
            (1.2345678901234568e21, "1.2345678901234568e+21"),
            (9.999999999999999e20, "999999999999999900000"),
            (1e-6, "0.000001"), (1.5e-6, "0.0000015"), (1e-7, "1e-7"), (1.25e-7, "1.25e-7"), (0.00012, "0.00012"),
            (.leastNonzeroMagnitude, "5e-324"), (.leastNormalMagnitude, "2.2250738585072014e-308"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (-1e300, "-1e+300"), (123.456, "123.456"),
            (9_007_199_254_740_991, "9007199254740991"), (9_007_199_254_740_992, "9007199254740992"),
            (9_007_199_254_740_994, "9007199254740994"), (-9_007_199_254_740_994, "-9007199254740994"),
            (0x1p60, "1152921504606847000"), (0x1p63, "9223372036854776000"), (-0x1p63, "-9223372036854776000"),
            (4.35, "4.35"), (1e23, "1e+23"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"),
        ] as [(Double, String)]
    )
    func text(number: Double, text: String) {
        #expect(JSONValue.javaScriptText(number) == text)
    }

    @Test("prints integers through Double")
    func integers() {
        #expect(JSONValue.int(9_007_199_254_740_993).javaScriptNumberText == "9007199254740992")
        #expect(JSONValue.uint(.max).javaScriptNumberText == "18446744073709552000")
        #expect(JSONValue.int(.min).javaScriptNumberText == "-9223372036854776000")
        #expect(JSONValue.string("1").javaScriptNumberText == nil)
    }

    @Test("reads back as the same number", arguments: [1, 2, 3, 4])
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            let text = JSONValue.javaScriptText(number)
            #expect(Double(text) == number)
            #expect(try JSONParser.parse(text).doubleValue == number)
        }
    }
}
