import JSON
import Support

@testable import Ingest

/// Keys and requests of invented people.
enum Fixtures {
    static let serverSecret = "wk_server_0123456789"
    static let browserSecret = "wk_browser_0123456789"
    /// 2026-11-28T10:00:10.000Z
    static let now: Int64 = 1_795_860_010_000

    static let server = IngestKey(name: "shop", stream: "segment:events")
    static let browser = IngestKey(
        name: "page",
        stream: "segment:events",
        kind: .browser,
        origins: ["https://www.example.com"]
    )
    static let keys = IngestKeys([(server, [serverSecret]), (browser, [browserSecret])])

    static func post(
        _ path: String,
        _ body: String,
        key: String? = serverSecret,
        headers: [IngestRequest.Header] = []
    ) -> IngestRequest {
        post(path, bytes: Array(body.utf8), key: key, headers: headers)
    }

    static func post(
        _ path: String,
        bytes: [UInt8],
        key: String? = serverSecret,
        headers: [IngestRequest.Header] = []
    ) -> IngestRequest {
        let authorization: [IngestRequest.Header] = key.map { [("Authorization", basic("\($0):"))] } ?? []
        return IngestRequest(
            endpoint: IngestEndpoint(method: "POST", path: path),
            headers: authorization + headers,
            body: bytes
        )
    }

    static func basic(_ text: String) -> String { "Basic " + base64(Array(text.utf8)) }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for digit in 0..<4 {
                text.append(digit <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * digit) & 63)] : "=")
            }
        }
        return text
    }
}

extension IngestPipeline {
    /// With a seed: what is made by chance is the same each time.
    func outcome(of request: IngestRequest, seed: UInt64 = 1) -> Outcome {
        var random = SplitMix64(seed: seed)
        return outcome(of: request, now: Fixtures.now, random: &random)
    }

    func events(of request: IngestRequest) throws -> [JSONValue] {
        guard case .add(let batch, _, _) = outcome(of: request) else { return [] }
        return try batch.events.map { try JSONParser.parse($0.payload) }
    }

    func answer(to request: IngestRequest) -> IngestAnswer {
        switch outcome(of: request) {
        case .answer(let answer): answer
        case .add(_, _, let success): success
        }
    }
}

extension IngestAnswer {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    var json: JSONValue? { try? JSONParser.parse(body) }
}
