package import JSON
package import Segment

/// Makes the events of a request what the stream holds: each complete in itself, as Segment would hand it to a destination.
///
/// What an event says always wins over what its batch says. Nothing is judged here but what cannot be an event at all: the bridge names the reason
/// for the rest, and keeps it as a dead letter.
package struct EventNormalizer: Sendable {
    package let contactKeyRule: ContactKeyRule
    /// Whether `context.ip` is filled in for events of devices; with IPv4 addresses only, as Segment does.
    package let storesAddress: Bool

    package init(contactPaths: [String] = ContactKeyRule.defaultPaths, storesAddress: Bool = false) {
        contactKeyRule = ContactKeyRule(paths: contactPaths)
        self.storesAddress = storesAddress
    }

    /// - Parameter body: the request's object. Of a batch endpoint it has `batch`, checked by the caller to be an array.
    /// - Parameter now: milliseconds since 1970.
    package func normalize(
        _ body: JSONObject,
        endpoint: IngestEndpoint,
        key: IngestKey,
        filter: IngestFilter = IngestFilter(),
        remoteAddress: String? = nil,
        now: Int64,
        random: inout some RandomNumberGenerator
    ) -> NormalizedBatch {
        var batch = NormalizedBatch()
        let elements: [JSONValue]
        var shared = Shared(receivedAt: now)
        switch endpoint {
        case .single(let type, _), .pixel(let type):
            shared.type = type
            elements = [.object(body)]
            shared.sentAt = body["sentAt"]
        default:
            elements = body["batch"]?.arrayValue ?? []
            shared.context = body["context"]?.objectValue
            shared.integrations = body["integrations"]?.objectValue
            shared.sentAt = body["sentAt"]
        }
        batch.sentAt = shared.sentAt.flatMap(EventTimestamp.milliseconds)
        if storesAddress, let remoteAddress, Self.isIPv4(remoteAddress) {
            shared.address = remoteAddress
            shared.isDevice = endpoint.sender == .device
        }
        batch.events.reserveCapacity(elements.count)
        for element in elements {
            guard case .object(let object) = element else {
                batch.dropped[.notAnObject, default: 0] += 1
                continue
            }
            let event = Self.completed(object, with: shared, random: &random)
            batch.sdk = batch.sdk ?? event["context"]?["library"]?["name"]?.stringValue
            // The bridge's reading decides whose event it is, and so the order; what is written down stays as it came.
            let read = SegmentEvent.asRead(.object(event))
            if let reason = KeyPolicy.reason(against: read, key: key) ?? filter.reason(for: read) {
                batch.dropped[reason, default: 0] += 1
                continue
            }
            batch.events.append(
                NormalizedEvent(
                    messageId: SegmentEvent.messageId(event["messageId"]) ?? "",
                    contactKey: contactKeyRule.key(of: read),
                    payload: JSONValue.object(event).serialized(),
                    type: read["type"]?.stringValue,
                    name: read["event"]?.stringValue
                )
            )
        }
        return batch
    }

    /// What all events of a request have in common.
    private struct Shared {
        var type: String?
        var context: JSONObject?
        var integrations: JSONObject?
        var sentAt: JSONValue?
        var address: String?
        var isDevice = false
        let receivedAt: Int64
    }

    private static func completed(
        _ object: JSONObject,
        with shared: Shared,
        random: inout some RandomNumberGenerator
    ) -> JSONObject {
        var event = object
        event["writeKey"] = nil
        event["_metadata"] = nil
        if let type = shared.type { event["type"] = .string(type) }
        if SegmentEvent.messageId(event["messageId"]) == nil {
            event["messageId"] = .string(UUIDText.random(using: &random))
        }
        merge(shared.context, into: &event, "context")
        merge(shared.integrations, into: &event, "integrations")
        copyTraits(in: &event)
        // Of a server, the address is the server's own, unless it says that it speaks for a device.
        if let address = shared.address, shared.isDevice || event["context"]?["direct"] == .bool(true) {
            fillAddress(address, in: &event)
        }
        setTimes(of: &event, with: shared)
        return event
    }

    /// One level deep: of a member that both have, the event's counts.
    private static func merge(_ shared: JSONObject?, into event: inout JSONObject, _ name: String) {
        guard let shared, !shared.isEmpty else { return }
        switch event[name] {
        case nil, .null?: event[name] = .object(shared)
        case .object(let own)?:
            var merged = shared
            for (key, value) in own { merged[key] = value }
            event[name] = .object(merged)
        default: break
        }
    }

    /// RudderStack's SDKs have the traits of an identify in its context alone; mappings look for them beside it.
    private static func copyTraits(in event: inout JSONObject) {
        guard event["type"] == .string("identify"), let traits = event["context"]?["traits"]?.objectValue,
            !traits.isEmpty
        else { return }
        switch event["traits"] {
        case nil, .null?: event["traits"] = .object(traits)
        case .object(let own)? where own.isEmpty: event["traits"] = .object(traits)
        default: break
        }
    }

    private static func fillAddress(_ address: String, in event: inout JSONObject) {
        var context: JSONObject
        switch event["context"] {
        case nil, .null?: context = JSONObject()
        case .object(let own)?: context = own
        default: return
        }
        guard context["ip"]?.isNull ?? true else { return }
        context["ip"] = .string(address)
        event["context"] = .object(context)
    }

    /// `timestamp` by our clock: as long before the receipt as the event was before the sending, both by the sender's clock.
    private static func setTimes(of event: inout JSONObject, with shared: Shared) {
        if event["sentAt"]?.isNull ?? true, let sentAt = shared.sentAt, !sentAt.isNull { event["sentAt"] = sentAt }
        event["receivedAt"] = EventTimestamp.text(milliseconds: shared.receivedAt).map { .string($0) }
        let hasOriginal = isSaid(event["originalTimestamp"])
        let hasTime = isSaid(event["timestamp"])
        // Who sends both has corrected it already.
        if hasOriginal, hasTime { return }
        guard let original = hasOriginal ? event["originalTimestamp"] : hasTime ? event["timestamp"] : nil else {
            event["timestamp"] = event["receivedAt"]
            return
        }
        event["originalTimestamp"] = original
        event["timestamp"] = original
        guard let happened = EventTimestamp.milliseconds(original),
            let sent = event["sentAt"].flatMap(EventTimestamp.milliseconds)
        else { return }
        let (age, overflow) = sent.subtractingReportingOverflow(happened)
        let (corrected, second) = shared.receivedAt.subtractingReportingOverflow(age)
        guard !overflow, !second, let text = EventTimestamp.text(milliseconds: corrected) else { return }
        event["timestamp"] = .string(text)
    }

    private static func isSaid(_ value: JSONValue?) -> Bool {
        guard let value else { return false }
        return !value.isNull && value != ""
    }

    private static func isIPv4(_ address: String) -> Bool {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { $0.utf8.count <= 3 && UInt8($0) != nil }
    }
}
