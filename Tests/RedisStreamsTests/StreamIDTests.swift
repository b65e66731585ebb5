import Testing

@testable import RedisStreams

@Suite struct StreamIDTests {
    @Test func readsWhatItWrites() {
        for id in [StreamID.zero, .max, StreamID(milliseconds: 1_700_000_000_000, sequence: 7)] {
            #expect(StreamID(id.description) == id)
        }
        #expect(StreamID("5") == StreamID(milliseconds: 5, sequence: 0))
        #expect(StreamID(RedisValue.bulk(Bytes("5-6".utf8))) == StreamID(milliseconds: 5, sequence: 6))
    }

    @Test(arguments: [
        "", "-", "1-", "-1", "+1-0", "1-+0", "1-2-3", "a-0", "18446744073709551616-0", "1-18446744073709551616", " 1-0",
        "*", "$",
    ])
    func refusesWhatIsNone(text: String) { #expect(StreamID(text) == nil) }

    @Test func anotherReplyIsNone() {
        #expect(StreamID(RedisValue.null) == nil)
        #expect(StreamID(RedisValue.integer(5)) == nil)
    }

    @Test func neighbours() {
        let id = StreamID(milliseconds: 5, sequence: 0)
        #expect(id.next == StreamID(milliseconds: 5, sequence: 1))
        #expect(id.previous == StreamID(milliseconds: 4, sequence: .max))
        #expect(StreamID(milliseconds: 4, sequence: .max).next == id)
        #expect(StreamID.max.next == nil)
        #expect(StreamID.zero.previous == nil)
        #expect(StreamID(milliseconds: 4, sequence: 9) < id)
    }
}
