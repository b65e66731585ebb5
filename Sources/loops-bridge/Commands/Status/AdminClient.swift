import AsyncHTTPClient
import JSON
import NIOCore
import NIOHTTP1

/// Reads what the admin port of a replica tells.
struct AdminClient {
    /// The most of an answer that is read, in bytes.
    static let maxAnswerBytes = 8 << 20

    enum Fault: Error, CustomStringConvertible {
        case status(UInt)
        case notBridge

        var description: String {
            switch self {
            case .status(let code): "it answered \(code)"
            case .notBridge: "what answers is no loops-bridge"
            }
        }
    }

    let base: String
    /// The token of the bridge's `/control`, with which it tells more; nil for what everybody is told.
    var token: String?

    func status() async throws -> JSONValue {
        var request = HTTPClientRequest(url: base + "/status.json")
        if let token { request.headers = ["Authorization": "Bearer \(token)"] }
        var configuration = HTTPClient.Configuration()
        // A redirect would carry the token elsewhere.
        configuration.redirectConfiguration = .disallow
        return try await HTTPClient.withHTTPClient(configuration: configuration) { [request] http in
            let response = try await http.execute(request, timeout: .seconds(5))
            guard response.status == .ok else { throw Fault.status(response.status.code) }
            let body = try await response.body.collect(upTo: Self.maxAnswerBytes)
            guard let status = try? JSONParser.parse(Array(body.readableBytesView)), status["health"] != nil else {
                throw Fault.notBridge
            }
            return status
        }
    }
}

extension Settings {
    /// Where the admin port of a bridge with these settings can be reached from this machine.
    var adminURL: String {
        // The address that it listens on need not be one to connect to.
        let host = ["0.0.0.0", "::", ""].contains(httpHost) ? "127.0.0.1" : httpHost
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(httpPort)"
    }
}
