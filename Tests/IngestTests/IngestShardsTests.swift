import Testing

@testable import Ingest

@Suite("One stream as several")
struct IngestShardsTests {
    private static func event(_ contact: String?, messageId: String = "m") -> NormalizedEvent {
        NormalizedEvent(messageId: messageId, contactKey: contact, payload: [], type: nil, name: nil)
    }

    @Test("CRC-32 as everybody has it")
    func checksum() {
        #expect(CRC32.checksum([]) == 0)
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum(Array("The quick brown fox jumps over the lazy dog".utf8)) == 0x414F_A339)
    }

    @Test("With one there is the stream itself")
    func single() {
        let shards = IngestShards(stream: "segment:events")
        #expect(shards.streams == ["segment:events"])
        #expect(shards.stream(of: Self.event("u1")) == "segment:events")
    }

    @Test("A contact's stream never changes: fixed values")
    func fixed() {
        let shards = IngestShards(stream: "segment:events", count: 4)
        #expect(shards.streams == (0..<4).map { "segment:events:{\($0)}" })
        // 0xCBF43926 mod 4.
        #expect(shards.stream(of: Self.event("123456789")) == "segment:events:{2}")
        #expect(IngestShards(stream: "s", count: 7).index(of: "123456789") == Int(0xCBF4_3926 as UInt32 % 7))
    }

    @Test("Without a contact, the messageId decides: a retry finds the same stream")
    func anonymous() {
        let shards = IngestShards(stream: "s", count: 16)
        #expect(shards.stream(of: Self.event(nil, messageId: "123456789")) == "s:{6}")
        #expect(shards.stream(of: Self.event("123456789", messageId: "other")) == "s:{6}")
    }

    @Test("Contacts are spread evenly")
    func spread() {
        let shards = IngestShards(stream: "s", count: 8)
        var counts = [Int](repeating: 0, count: 8)
        for number in 0..<8000 { counts[shards.index(of: "user-\(number)")] += 1 }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
    }

    @Test("The number has a limit")
    func limit() {
        #expect(IngestShards(stream: "s", count: 5000).count == 1024)
        #expect(IngestShards(stream: "s", count: -1).count == 1)
    }
}
