import DevKit
import JSON
import Support
import Testing

@Suite("JSON under mutation")
struct FuzzTests {
    private static let seeds: [String] = [
        #"{"type":"track","event":"Order Completed","userId":"u_1","properties":{"total":149.95,"coupon":null,"n":[1,2]}}"#,
        #"[0,-0,1.5e-7,1E400,18446744073709551615,-9223372036854775808,123456789012345678901234567890,true,false,null]"#,
        #"{"\u00e9\ud83d\ude00\ud800":"\"\\\/\b\f\n\r\t","":{"":[[[{}]]]},"é😀":"plain text of more than sixteen bytes"}"#,
    ]
    private static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "e", "-", ".", "0", "null", "é", " ",
    ]

    private static func mutate(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let position = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where position < bytes.count: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 1 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2:
                let stop = min(bytes.count, position + Int.random(in: 0...8, using: &generator))
                bytes.removeSubrange(position..<stop)
            case 3:
                let stop = min(bytes.count, position + Int.random(in: 0...16, using: &generator))
                bytes.insert(contentsOf: Array(bytes[position..<stop]), at: position)
            default:
                bytes.insert(
                    contentsOf: tokens.randomElement(using: &generator).map { Array($0.utf8) } ?? [],
                    at: position
                )
            }
        }
    }

    @Test(
        "never traps, and what parses is written as text that means the same",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func mutations(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let vectors = ConformanceVectors.accepted + ConformanceVectors.accepted + ConformanceVectors.refused
        let corpus = Self.seeds.map { Array($0.utf8) } + vectors.map(\.bytes)
        var accepted = 0
        for _ in 0..<1_500 {
            var bytes = corpus.randomElement(using: &generator) ?? []
            Self.mutate(&bytes, using: &generator)
            guard let value = try? JSONParser.parse(bytes, limits: .init(depth: 100)) else { continue }
            accepted += 1
            let text = value.serialized()
            let again = try JSONParser.parse(text)
            #expect(again.isNumericallyEqual(to: value.asWritten), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(again.serialized() == text)
        }
        #expect(accepted > 50)
    }

    @Test("every prefix of a text is refused or a value of its own", arguments: seeds)
    func prefixes(text: String) throws {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(Array(bytes.prefix(count))) }
        }
    }
}
