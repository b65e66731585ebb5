import Crypto
package import JSON

/// The SHA-256 of a request body.
package struct BodyDigest: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]

    package init(raw: [UInt8]) {
        bytes = Array(SHA256.hash(data: raw))
    }

    /// The digest of the value with sorted keys and no white space, so that only the meaning counts.
    package init(canonical value: JSONValue) {
        self.init(raw: BodyDigest.sorted(value).serialized())
    }

    package var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(JSONObject(object.map { ($0.key, sorted($0.value)) }.sorted { $0.0 < $1.0 }))
        case .array(let elements):
            .array(elements.map(sorted))
        case .null, .bool, .int, .uint, .double, .string:
            value
        }
    }
}
