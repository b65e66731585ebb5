import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import ServiceLifecycle

/// `/events`: the history once, then the status every second, as server-sent events, until the listener goes or the server stops.
///
/// Each second has its event, so a connection that is silent for longer is a broken one.
struct LiveEvents: Sendable {
    let interval: Duration
    let history: @Sendable () -> JSONValue
    let status: @Sendable () -> JSONValue
    private let seats = ListenerSeats()

    init(
        interval: Duration = .seconds(1),
        history: @escaping @Sendable () -> JSONValue,
        status: @escaping @Sendable () -> JSONValue
    ) {
        self.interval = interval
        self.history = history
        self.status = status
    }

    /// The stream of events, or 503 when all seats are taken.
    func response() -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
        guard let seat = seats.take() else {
            headers[.contentType] = "text/plain; charset=utf-8"
            headers[.retryAfter] = "10"
            let text = "\(ListenerSeats.limit) are listening already; close a page, or read /status.json\n"
            return Response(status: .serviceUnavailable, headers: headers, body: .init(byteBuffer: .init(string: text)))
        }
        headers[.contentType] = "text/event-stream; charset=utf-8"
        // A proxy that collects an answer before it passes it on would keep the page waiting.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        let body = ResponseBody { [self] writer in
            try await writer.write(Self.event("history", history()))
            try await writer.write(Self.event("status", status()))
            for await _ in Self.ticks(interval).cancelOnGracefulShutdown() {
                try await writer.write(Self.event("status", status()))
            }
            try await writer.finish(nil)
            withExtendedLifetime(seat) {}
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Ends when the task is cancelled.
    private static func ticks(_ interval: Duration) -> AsyncStream<Void> {
        AsyncStream {
            do { try await Task.sleep(for: interval) } catch { return nil }
            return ()
        }
    }

    private static func event(_ name: String, _ value: JSONValue) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
        buffer.writeBytes(value.serialized())
        buffer.writeStaticString("\n\n")
        return buffer
    }
}
