#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// One event, checked and encoded: what an entry of the stream holds.
///
/// ```swift
/// let event = try Event(
///     .track("Order Paid", properties: ["total": 99.5]),
///     of: .user("u1"),
///     messageID: MessageID(of: "order", "4711", "paid")
/// )
/// ```
public struct Event: Sendable, Hashable {
    /// What happened.
    public enum Kind: Sendable, Hashable {
        /// What is known of the contact.
        case identify(traits: [String: Value] = [:])
        /// The contact did something.
        case track(String, properties: [String: Value] = [:])
        case page(String? = nil, properties: [String: Value] = [:])
        case screen(String? = nil, properties: [String: Value] = [:])
        /// The contact belongs to a company or a team.
        case group(String, traits: [String: Value] = [:])
        /// The contact was known by another ID.
        case alias(previousID: String)
        /// The contact is to be forgotten.
        case delete
    }

    /// The largest event, in bytes of its JSON: what a bridge takes in an entry, less 1 KB for a trace context.
    public static let bytesMax = 499 * 1024
    /// Lists and objects within each other.
    public static let depthMax = 100

    public let kind: Kind
    public let contact: Contact
    public let messageID: MessageID
    public let timestamp: Date?
    public let context: [String: Value]
    public let integrations: [String: Value]

    /// The event's JSON: always the same for the same event, so that an outbox may keep and compare it.
    public let json: String

    /// - Parameters:
    ///   - kind: what happened.
    ///   - contact: whom it is about.
    ///   - messageID: names the event; see ``MessageID``.
    ///   - timestamp: when it happened, to the millisecond. Without one the time of the entry counts: give one whenever the event is published
    ///     later than it happened, as from an outbox.
    ///   - context: what is known besides, as `["ip": "203.0.113.7"]`.
    ///   - integrations: which destinations the event is for; all if empty.
    /// - Throws: ``EventError`` when a bridge could not deliver it.
    public init(
        _ kind: Kind,
        of contact: Contact,
        messageID: MessageID,
        timestamp: Date? = nil,
        context: [String: Value] = [:],
        integrations: [String: Value] = [:]
    ) throws(EventError) {
        self.kind = kind
        self.contact = contact
        self.messageID = messageID
        self.timestamp = timestamp
        self.context = context
        self.integrations = integrations
        var encoder = EventEncoder()
        try encoder.encode(kind, contact, messageID: messageID, timestamp: timestamp)
        if !context.isEmpty { try encoder.member("context", .object(context)) }
        if !integrations.isEmpty { try encoder.member("integrations", .object(integrations)) }
        json = try encoder.finished()
    }

    /// The Redis command that adds it to a stream, word by word, for any client.
    ///
    /// - Parameters:
    ///   - stream: the stream's key.
    ///   - traceparent: a W3C trace context, which the bridge hands on to Loops.
    ///   - tracestate: what belongs to it.
    public func command(
        stream: String = EventPublisher.defaultStream,
        traceparent: String? = nil,
        tracestate: String? = nil
    ) -> [String] {
        var command = ["XADD", stream, "*", "event", json]
        if let traceparent {
            command += ["traceparent", traceparent]
            if let tracestate { command += ["tracestate", tracestate] }
        }
        return command
    }
}
