import DevKit
import Support
import Testing

@testable import RedisStreams

/// Every kind of reply, alone and within others.
private let wire = """
    +OK\r\n-ERR it went wrong\r\n:42\r\n:-7\r\n$5\r\nhello\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n\
    *3\r\n:1\r\n$2\r\nab\r\n*2\r\n+x\r\n-WRONGTYPE y\r\n\
    *2\r\n*1\r\n*1\r\n*0\r\n$-1\r\n+last\r\n
    """

private let replies: [RedisValue] = [
    .status("OK"), .error(RedisServerError("ERR it went wrong")), .integer(42), .integer(-7),
    .bulk(Bytes("hello".utf8)), .bulk([]),
    .null, .null, .array([]),
    .array([.integer(1), .bulk(Bytes("ab".utf8)), .array([.status("x"), .error(RedisServerError("WRONGTYPE y"))])]),
    .array([.array([.array([.array([])])]), .null]),
    .status("last"),
]

private func read(_ bytes: Bytes, splitAt cuts: [Int], with reader: ReplyReader = ReplyReader()) throws -> [RedisValue]
{
    var found: [RedisValue] = []
    var start = 0
    for end in cuts + [bytes.count] {
        try bytes[start..<end].withUnsafeBytes { try reader.feed($0) }
        start = end
        while let reply = try reader.next() {
            found.append(reply)
            reader.beginCall()
        }
    }
    return found
}

@Suite struct ReplyReaderTests {
    @Test func readsEveryKindOfReply() throws {
        #expect(try read(Bytes(wire.utf8), splitAt: []) == replies)
    }

    @Test func byteByByteIsTheSame() throws {
        let bytes = Bytes(wire.utf8)
        #expect(try read(bytes, splitAt: Array(1..<bytes.count)) == replies)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func anySplitIsTheSame(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = Bytes(wire.utf8)
        let cuts = (0..<Int(random.next() % 20)).map { _ in Int(random.next() % UInt64(bytes.count)) }.sorted()
        #expect(try read(bytes, splitAt: cuts) == replies)
    }

    @Test func bytesAreBytes() throws {
        let value = Bytes(0...255) + [13, 10, 0, 255]
        let wire = Bytes("$\(value.count)\r\n".utf8) + value + [13, 10]
        #expect(try read(wire, splitAt: [3, 10, 100]) == [.bulk(value)])
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "@\r\n", "*1\r\n!5\r\nhello\r\n"])
    func whatIsNotTheProtocolIsAFault(text: String) {
        #expect(throws: ReplyReader.Fault.self) { try read(Bytes(text.utf8), splitAt: []) }
    }

    @Test func sevenLevelsAreReadAndMoreAreAFault() throws {
        let seven = Bytes((String(repeating: "*1\r\n", count: 7) + ":1\r\n").utf8)
        #expect(try read(seven, splitAt: []).count == 1)
        let nine = Bytes((String(repeating: "*1\r\n", count: 9) + ":1\r\n").utf8)
        #expect(throws: ReplyReader.Fault.self) { try read(nine, splitAt: []) }
    }

    @Test func anAnnouncedLengthTakesNoMemory() throws {
        #expect(try read(Bytes("*1000000000\r\n:1\r\n".utf8), splitAt: []) == [])
    }

    @Test func theRepliesToOneCallHaveALimitAndCallsHaveNot() throws {
        let many = Bytes(String(repeating: "+OK\r\n", count: 100).utf8)
        #expect(
            try read(many, splitAt: Array(stride(from: 5, to: 500, by: 5)), with: ReplyReader(maxBytes: 10)).count
                == 100
        )
        let long = Bytes("$100\r\n0123456789".utf8)
        #expect(throws: ReplyReader.Fault.self) { try read(long, splitAt: [5], with: ReplyReader(maxBytes: 10)) }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func mutatedBytesNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = Bytes(wire.utf8)
        for _ in 0..<3 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
        let found = try? read(bytes, splitAt: [])
        #expect((found?.count ?? 0) <= bytes.count)
    }
}
