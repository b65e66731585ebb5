/// The slot of a Redis Cluster that a key belongs to (Redis Cluster specification, "Key distribution model" and "Hash tags").
package struct HashSlot: Sendable, Hashable {
    package static let count = 16384

    package let number: Int

    package init(_ key: String) {
        let bytes = Array(key.utf8)
        number = Int(Self.checksum(Self.hashed(bytes))) % Self.count
    }

    /// Only what stands in the first pair of braces counts, unless it is empty.
    private static func hashed(_ key: [UInt8]) -> ArraySlice<UInt8> {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[open...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return key[...] }
        return key[(open + 1)..<close]
    }

    /// CRC-16/XMODEM.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? (crc << 1) ^ 0x1021 : crc << 1 }
        }
        return crc
    }
}

/// What a reply says about the topology.
enum Redirection: Sendable, Equatable {
    /// The slot lives elsewhere for good.
    case moved(RedisEndpoint)
    /// The slot is on its way; this one key has to be asked for there.
    case ask(RedisEndpoint)
    /// The server takes no writes any more.
    case demoted

    /// - Parameter asked: who answered.
    init?(_ error: RedisServerError, asked: RedisEndpoint) {
        switch error.code {
        case "MOVED", "ASK":
            // `MOVED 3999 127.0.0.1:6381`
            let words = error.message.split(separator: " ")
            guard words.count >= 2, let endpoint = RedisEndpoint(words[1], asked: asked) else { return nil }
            self = error.code == "MOVED" ? .moved(endpoint) : .ask(endpoint)
        case "READONLY": self = .demoted
        default: return nil
        }
    }
}
