import BridgeService
import HTTPTransport
import NIOHTTP1
import NIOSupport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One request to the admin port of a replica. A redirect is not followed: it would carry the token elsewhere.
struct AdminRequest {
    /// The replica's admin address.
    let origin: HTTPOrigin
    var method = HTTPMethod.GET
    /// Below the admin address, with a leading slash; encoded already.
    let path: String
    /// The token of the bridge's `/control`; nil for what everybody is told.
    var token: String?
    let timeout: Duration
    /// The most of a response that is read, in bytes.
    let maxResponseBytes: Int

    func response() async throws -> HTTPResponse {
        var headers: HTTPHeaders = [
            "Host": origin.authority, "Accept": "application/json", "User-Agent": "loops-bridge/\(Version.text)",
        ]
        if method != .GET { headers.add(name: "Content-Length", value: "0") }
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: origin.path + path, headers: headers)
        return try await HTTPConnections.once(
            HTTPRequest(head: head),
            to: origin,
            trusting: .ofSystem,
            names: .init(address: "--url", authorities: TrustedAuthorities.variable),
            within: timeout,
            maxResponseBytes: maxResponseBytes
        )
    }
}

extension HTTPOrigin {
    /// What a person typed behind `--url`. Ends the program when it is no address.
    init(typed text: String) throws {
        guard let origin = HTTPOrigin(text) else {
            Terminal.printError("--url \(text) is not \(HTTPOrigin.form)")
            throw ExitStatus.unusable
        }
        self = origin
    }
}

extension TrustedAuthorities {
    /// Those of this system, as the environment names them.
    fileprivate static var ofSystem: TrustedAuthorities {
        TrustedAuthorities(systemFile: ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 })
    }
}
