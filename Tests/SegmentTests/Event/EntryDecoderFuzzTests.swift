import DevKit
import Segment
import Support
import Testing

/// Whatever bytes a producer adds, an entry gives events or faults, never neither, and never stops the program.
@Suite struct EntryDecoderFuzzTests {
    private static let names = ["event", "data", "type", "traits", "userId", "body", "x", "", "context"]
    private static let values = [
        #"{"type":"track","userId":"u"}"#, #"{"batch":[{"type":"a","userId":1},{"type":"b","userId":1.0}]}"#, "track",
        "{}", "[", "\u{0}",
        #"{"type":"x","traits":{"email":"\ud83d"}}"#, "",
    ]

    @Test(arguments: 0..<8)
    func anyFields(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let decoder = EntryDecoder()
        for _ in 0..<1_000 {
            let fields = (0..<Int.random(in: 0...4, using: &generator)).map { _ -> EntryDecoder.Field in
                var name = Array((Self.names.randomElement(using: &generator) ?? "").utf8)
                var value = Array((Self.values.randomElement(using: &generator) ?? "").utf8)
                if Int.random(in: 0..<4, using: &generator) == 0, !value.isEmpty {
                    value[Int.random(in: 0..<value.count, using: &generator)] = UInt8.random(
                        in: 0...255,
                        using: &generator
                    )
                }
                if Int.random(in: 0..<20, using: &generator) == 0 { name.append(0xff) }
                return (name, value)
            }
            let entry = decoder.decode(fields)
            #expect(!(entry.events.isEmpty && entry.faults.isEmpty), "\(fields)")
            #expect(entry.faults.allSatisfy { !$0.description.isEmpty && !$0.code.isEmpty })
            #expect(decoder.decode(fields) == entry)
        }
    }
}
