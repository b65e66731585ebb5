import NIOCore
import Testing

@testable import RedisStreams

@Suite struct CommandFormatterTests {
    private func format(_ commands: RedisCommand...) throws -> Bytes {
        Bytes(try CommandFormatter.format(commands).readableBytesView)
    }

    @Test func aCommandAlone() throws {
        #expect(try format(RedisCommand("PING")) == Bytes("*1\r\n$4\r\nPING\r\n".utf8))
    }

    @Test func argumentsOfEveryKind() throws {
        let command = RedisCommand("SET", ["k", .string("ü"), .integer(-5), "", .bytes([])])
        #expect(
            try format(command)
                == Bytes("*6\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nü\r\n$2\r\n-5\r\n$0\r\n\r\n$0\r\n\r\n".utf8)
        )
    }

    @Test func bytesAreBytes() throws {
        let value: Bytes = [0, 255, 13, 10, 0]
        #expect(
            try format(RedisCommand("A", [.bytes(value)])) == Bytes("*2\r\n$1\r\nA\r\n$5\r\n".utf8) + value + [13, 10]
        )
    }

    @Test func severalOneBehindTheOther() throws {
        #expect(try format(RedisCommand("A"), RedisCommand("B")) == Bytes("*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n".utf8))
    }
}
