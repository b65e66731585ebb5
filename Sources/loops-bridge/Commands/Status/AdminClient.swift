import BridgeService
import HTTPTransport
import JSON
import NIOCore
import NIOHTTP1

/// Reads what the admin port of a replica tells.
struct AdminClient {
    /// The most of a response that is read, in bytes.
    static let maxResponseBytes = 8 << 20

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

    let origin: HTTPOrigin
    /// The token of the bridge's `/control`, with which it tells more; nil for what everybody is told.
    var token: String?

    func status() async throws -> JSONValue {
        let (code, status) = try await get("/status.json")
        guard code == 200 else { throw Fault.status(code) }
        guard let status, status["health"] != nil else { throw Fault.notBridge }
        return status
    }

    /// - Parameter path: with a leading slash; encoded already.
    /// - Returns: the response's status, and its JSON; nil when it has none.
    func get(_ path: String) async throws -> (status: UInt, json: JSONValue?) {
        let response = try await AdminRequest(
            origin: origin,
            path: path,
            token: token,
            timeout: .seconds(5),
            maxResponseBytes: Self.maxResponseBytes
        ).response()
        return (response.head.status.code, try? JSONParser.parse(Array(response.body.readableBytesView)))
    }
}

extension Settings {
    /// Where the admin port of a bridge with these settings can be reached from this machine.
    var adminURL: String {
        // The address that it listens on need not be one to connect to.
        let host =
            switch httpHost {
            case "0.0.0.0", "": "127.0.0.1"
            case "::": "::1"
            default: httpHost
            }
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(httpPort)"
    }
}
