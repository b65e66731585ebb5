/// Adds events to a stream with whatever Redis client a service has.
///
/// ```swift
/// let publisher = EventPublisher { command in
///     _ = try await redis.send(command)
/// }
/// try await publisher.publish(event)
/// ```
///
/// Entries lie in the stream in the order in which Redis runs the commands. Await each event of a contact before the next one of the same contact, or
/// send all commands over one connection: with two connections either may be first.
public struct EventPublisher: Sendable {
    /// The stream that a bridge reads without settings.
    public static let defaultStream = "segment:events"

    public let stream: String
    private let send: @Sendable (_ command: [String]) async throws -> Void

    /// - Parameters:
    ///   - stream: the stream's key.
    ///   - send: sends a command, word by word, and throws when Redis does not answer or answers with an error.
    public init(
        stream: String = Self.defaultStream,
        send: @escaping @Sendable (_ command: [String]) async throws -> Void
    ) {
        self.stream = stream
        self.send = send
    }

    /// Adds an event. After an error nobody knows whether it was added: publish it again, with the same ``MessageID``.
    ///
    /// - Parameters:
    ///   - event: what to add.
    ///   - traceparent: a W3C trace context, which the bridge hands on to Loops.
    ///   - tracestate: what belongs to it.
    /// - Throws: what `send` throws.
    public func publish(_ event: Event, traceparent: String? = nil, tracestate: String? = nil) async throws {
        try await send(event.command(stream: stream, traceparent: traceparent, tracestate: tracestate))
    }
}
