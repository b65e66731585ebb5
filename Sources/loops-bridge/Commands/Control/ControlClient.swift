import ArgumentParser
import BridgeService
import HTTPTransport
import JSON
import NIOCore
import NIOHTTP1
import NIOSupport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Talks to the `/control` endpoints of one replica.
struct ControlClient {
    /// The most of a response that is read, in bytes.
    static let maxResponseBytes = 1 << 20

    let base: String
    let token: String

    /// Asks for something and gives the answer. Ends the program with status 1 when it is refused or nobody answers.
    /// - Parameter by: who asks, for the log.
    func post(
        _ action: String,
        by: String = ControlOptions.person,
        _ query: [(name: String, value: String)] = []
    ) async throws -> JSONValue {
        let request = AdminRequest(
            origin: try HTTPOrigin(typed: base),
            method: .POST,
            path: "/control/\(action)?\(Self.encoded([("by", by)] + query))",
            token: token,
            timeout: .seconds(30),
            maxResponseBytes: Self.maxResponseBytes
        )
        do {
            let response = try await request.response()
            let answer = try? JSONParser.parse(Array(response.body.readableBytesView))
            if response.head.status == .ok, let answer { return answer }
            let words = answer?["error"]?.stringValue ?? "no answer of a loops-bridge"
            Terminal.printError("\(base) refused it (\(response.head.status.code)): \(words)")
        } catch {
            Terminal.printError("No bridge answers at \(base): \(NetworkErrorText.of(error))")
        }
        throw ExitStatus.failed
    }

    private static func encoded(_ query: [(name: String, value: String)]) -> String {
        var components = URLComponents()
        components.queryItems = query.map { URLQueryItem(name: $0.name, value: $0.value) }
        // URLComponents leaves a plus as it is, and servers read it as a space.
        return components.percentEncodedQuery?.replacing("+", with: "%2B") ?? ""
    }
}
