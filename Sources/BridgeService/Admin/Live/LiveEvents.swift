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
    private let seats = SubscriberLimit()

    init(
        interval: Duration = .seconds(1),
        history: @escaping @Sendable () -> JSONValue,
        status: @escaping @Sendable () -> JSONValue
    ) {
        self.interval = interval
        self.history = history
        self.status = status
    }

    /// The stream of events.
    /// - Parameter close: called when another listener needs the seat.
    func response(close: @escaping @Sendable () -> Void) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.contentType] = "text/event-stream; charset=utf-8"
        // A proxy that collects an answer before it passes it on would keep the page waiting.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        let body = ResponseBody { [self] writer in
            // Taken here and not before: who only asks for the head takes nobody's seat.
            let seat = seats.take(onLoss: close)
            seat.beginWrite()
            try await writer.write(Self.event("history", history()))
            try await writer.write(Self.event("status", status()))
            seat.endWrite()
            for await _ in Self.ticks(interval).cancelOnGracefulShutdown() {
                seat.beginWrite()
                try await writer.write(Self.event("status", status()))
                seat.endWrite()
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
        buffer.writeBytes(value.serialized(escapesInvisible: true))
        buffer.writeStaticString("\n\n")
        return buffer
    }
}
