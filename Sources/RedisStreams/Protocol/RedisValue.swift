/// Bytes as Redis keeps them: any value, NUL and invalid UTF-8 included.
package typealias Bytes = [UInt8]

/// One reply of Redis, copied out of the parser.
package enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int64)
    /// A simple string: `OK`, `PONG`.
    case status(String)
    case bulk(Bytes)
    case array([RedisValue])
    /// Boxed: errors are rare, and every other value would have their size.
    indirect case error(RedisServerError)
}

extension RedisValue {
    /// The bytes of a bulk or simple string.
    package var bytes: Bytes? {
        switch self {
        case .bulk(let bytes): bytes
        case .status(let text): Bytes(text.utf8)
        case .null, .integer, .array, .error: nil
        }
    }

    /// The text of a bulk or simple string; invalid UTF-8 is replaced.
    package var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    package var array: [RedisValue]? { if case .array(let values) = self { values } else { nil } }

    /// An integer reply, or a string that holds one.
    package var integer: Int64? {
        if case .integer(let value) = self { value } else { text.flatMap { Int64($0) } }
    }

    /// An array of names and values in turn, as `XINFO` and `HGETALL` answer.
    package var pairs: [String: RedisValue]? {
        guard let array, array.count.isMultiple(of: 2) else { return nil }
        var pairs: [String: RedisValue] = [:]
        for index in stride(from: 0, to: array.count, by: 2) {
            guard let name = array[index].text else { return nil }
            pairs[name] = array[index + 1]
        }
        return pairs
    }
}
