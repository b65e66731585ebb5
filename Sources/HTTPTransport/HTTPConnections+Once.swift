import NIOCore
import NIOPosix
package import NIOSupport

extension HTTPConnections {
    /// Sends one request on a connection of its own, which is closed then. Redirects are not followed.
    ///
    /// - Parameters:
    ///   - authorities: whom to trust.
    ///   - names: the settings that errors name.
    ///   - time: for everything, the connection included.
    /// - Throws: ``HTTPTransportError``, or `TLSFileError` when the certificate authorities cannot be loaded.
    package static func once(
        _ request: HTTPRequest,
        to origin: HTTPOrigin,
        trusting authorities: TrustedAuthorities,
        names: HTTPConnector.SettingNames,
        within time: Duration,
        maxResponseBytes: Int
    ) async throws -> HTTPResponse {
        let connections = HTTPConnections(
            connector: try HTTPConnector(origin, timeout: TimeAmount(time), trusting: authorities, names: names),
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            maxResponseBytes: maxResponseBytes
        )
        let outcome: Result<HTTPResponse, HTTPTransportError>
        do {
            outcome = .success(try await connections.response(to: request, within: time))
        } catch {
            outcome = .failure(error)
        }
        await connections.close()
        return try outcome.get()
    }
}
