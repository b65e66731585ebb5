import ArgumentParser
import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOSupport

/// Talks to the `/control` endpoints of one replica.
struct ControlClient {
    /// The most of an answer that is read, in bytes.
    static let maxAnswerBytes = 1 << 20

    let base: String
    let token: String

    /// Asks for something and gives the answer. Ends the program with status 1 when it is refused or nobody answers.
    /// - Parameter by: who asks, for the log.
    func post(
        _ action: String,
        by: String = ControlOptions.person,
        _ query: [(name: String, value: String)] = []
    ) async throws -> JSONValue {
        var address = URLComponents(string: base + "/control/" + action)
        address?.queryItems = ([("by", by)] + query).map { URLQueryItem(name: $0.0, value: $0.1) }
        // URLComponents leaves a plus as it is, and servers read it as a space.
        let encoded = address?.percentEncodedQuery?.replacing("+", with: "%2B")
        address?.percentEncodedQuery = encoded
        guard let url = address?.url, ["http", "https"].contains(url.scheme) else {
            Terminal.printError("--url \(base) is no http:// or https:// address")
            throw ExitStatus.unusable
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        request.headers = ["Authorization": "Bearer \(token)"]
        do {
            var configuration = HTTPClient.Configuration()
            // A redirect would carry the token elsewhere.
            configuration.redirectConfiguration = .disallow
            let (status, body) = try await HTTPClient.withHTTPClient(configuration: configuration) { [request] http in
                let response = try await http.execute(request, timeout: .seconds(30))
                return (response.status.code, try await response.body.collect(upTo: Self.maxAnswerBytes))
            }
            let answer = try? JSONParser.parse(Array(body.readableBytesView))
            if status == 200, let answer { return answer }
            let words = answer?["error"]?.stringValue ?? "no answer of a loops-bridge"
            Terminal.printError("\(base) refused it (\(status)): \(words)")
        } catch {
            Terminal.printError("No bridge answers at \(base): \(NetworkErrorText.of(error))")
        }
        throw ExitStatus.failed
    }
}
