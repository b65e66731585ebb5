import DevKit
import Foundation
import JSON
import Support
import Testing

@testable import Segment

/// Against the formulas, written down once more with Foundation's functions.
@Suite("Liquid's round, modulo and hashes")
struct LiquidNumberPropertyTests {
    @Test(arguments: 0..<4)
    func roundAndModulo(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let round = try LiquidTemplate(parsing: "{{ v | round: n }}")
        let modulo = try LiquidTemplate(parsing: "{{ v | modulo: n }}")
        for _ in 0..<1_000 {
            let value = (Double.random(in: -10_000...10_000, using: &generator) * 1_000).rounded() / 1_000
            let places = Int.random(in: -3...6, using: &generator)
            let factor = pow(10, Double(places))
            let rounded = floor(value * factor * (1 + Double.ulpOfOne) + 0.5) / factor
            let event: JSONValue = ["v": .double(value), "n": .int(Int64(places))]
            #expect(try round.render(event) == JSONValue.javaScriptText(rounded), "\(value), \(places)")
            guard places != 0 else { continue }
            let divisor = Double(places)
            let rest = fmod(fmod(value, divisor) + divisor, divisor)
            #expect(try modulo.render(event) == JSONValue.javaScriptText(rest), "\(value), \(places)")
        }
    }

    /// RFC 4231, test cases 1 and 2, and FIPS 180's `abc`.
    @Test func hashes() throws {
        try LiquidCase(
            "{{ 'abc' | sha256 }}",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ).check()
        try LiquidCase(
            "{{ 'what do ya want for nothing?' | hmac_sha256: 'Jefe' }}",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ).check()
        try LiquidCase(
            "{{ nothing | sha256 }}",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ).check()
    }
}
