import JSON

/// What a request is answered. Success is exactly 200 with a JSON object: some SDKs send anything else again and again. Errors are JSON objects with
/// `code`, `message` and `error`, for the same reason.
package struct IngestAnswer: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let status: Int
    /// With the content's type, without its length.
    package var headers: [Header]
    package let body: [UInt8]
    /// Why the request was refused; nil for success. Also where the answer hides it, as a pixel's does.
    package let refusal: IngestRefusal?

    private init(status: Int, headers: [Header], body: [UInt8], refusal: IngestRefusal? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.refusal = refusal
    }

    package static let success = json(["success": true])

    /// The smallest transparent GIF.
    package static let pixel = pixel(nil)

    static func json(_ value: JSONValue, status: Int = 200) -> IngestAnswer {
        IngestAnswer(status: status, headers: [json], body: value.serialized())
    }

    /// An outage shorter than this gives no time to wait: the current Python SDK would put the batch behind the later ones.
    package static let shortOutageSeconds = 60
    package static let longOutageRetrySeconds = 30

    package static func refused(_ refusal: IngestRefusal) -> IngestAnswer {
        let text = JSONValue.string(refusal.message)
        let body: JSONValue = ["success": false, "code": .string(refusal.code), "message": text, "error": text]
        var headers = [json]
        switch refusal {
        case .rateLimited(let seconds): headers.append(Header("Retry-After", String(max(seconds, 1))))
        case .unavailable(let seconds) where seconds >= shortOutageSeconds:
            headers.append(Header("Retry-After", String(longOutageRetrySeconds)))
        case .wrongMethod(let allowed): headers.append(Header("Allow", allowed))
        default: break
        }
        return IngestAnswer(status: refusal.status, headers: headers, body: body.serialized(), refusal: refusal)
    }

    /// An image shows nothing of an error, and a mail program must get one.
    static func pixel(_ refusal: IngestRefusal?) -> IngestAnswer {
        IngestAnswer(
            status: 200,
            headers: [Header("Content-Type", "image/gif"), Header("Cache-Control", "no-store")],
            body: transparentGIF,
            refusal: refusal
        )
    }

    static let noContent = IngestAnswer(status: 204, headers: [], body: [])

    private static let json = Header("Content-Type", "application/json")

    private static let transparentGIF: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
        0xFF, 0x21, 0xF9, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2C, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00,
        0x00, 0x02, 0x01, 0x44, 0x00, 0x3B,
    ]
}
