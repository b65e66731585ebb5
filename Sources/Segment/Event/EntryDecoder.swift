import JSON

/// Reads the events out of an entry's fields.
///
/// 1. *JSON in one field*: of `event`, `data`, `payload`, `message`, `json`, `body` the first that is there and begins,
///    after white space, with `{`.
/// 2. *Flat fields*: if none does and there is a field `type`, the fields are the members of the event: `traits`,
///    `properties`, `context` and `integrations` as JSON (left out when empty), all others as texts.
/// 3. Otherwise the first of the names in 1 that is there, else the only field; it has to be a JSON object.
///
/// Of fields with one name the first counts. An object with a member `batch` and without a text as its `type` is a
/// batch, whose events take `context` and `integrations` from it when they have none of their own.
///
/// The contact key is that of the event as it is written, and of a batch the one that all its events share (none
/// counts as one). An entry whose JSON cannot be read, that is too large, or whose batch is mixed, empty, or holds
/// something else than objects, has none. A script inside Redis follows the same rules.
public struct EntryDecoder: Sendable {
    /// Where events in JSON are looked for, in this order.
    public static let fieldNames = ["event", "data", "payload", "message", "json", "body"]
    /// The members that a flat entry gives as JSON.
    public static let jsonFieldNames = ["traits", "properties", "context", "integrations"]

    public struct Limits: Sendable, Equatable {
        /// All values of an entry together. Segment's limit for a batch is 500 KB.
        public var entryBytes: Int
        /// Events of one batch. Segment's limit is 2,500.
        public var batchEvents: Int

        public init(entryBytes: Int = 500 * 1024, batchEvents: Int = 2500) {
            self.entryBytes = entryBytes
            self.batchEvents = batchEvents
        }
    }

    /// Segment's limit for one event, in bytes; a setting may warn above it.
    public static let segmentEventBytesMax = 32 * 1024

    public typealias Field = (name: [UInt8], value: [UInt8])

    public let contactKeyRule: ContactKeyRule
    public let limits: Limits

    public init(contactKeyRule: ContactKeyRule = ContactKeyRule(), limits: Limits = Limits()) {
        self.contactKeyRule = contactKeyRule
        self.limits = limits
    }

    public func decode(_ fields: [Field]) -> DecodedEntry {
        let bytes = fields.reduce(0) { $0 + $1.value.count }
        do throws(EntryFault) {
            guard bytes <= limits.entryBytes else { throw .tooLarge(bytes: bytes, limit: limits.entryBytes) }
            let object = try object(from: fields)
            if let batch = object["batch"], object["type"]?.stringValue == nil {
                return try decode(batch, of: object, bytes: bytes)
            }
            return single(.object(object), bytes: bytes)
        } catch {
            return DecodedEntry(events: [], faults: [error], contactKey: nil, bytes: bytes)
        }
    }

    private func single(_ json: JSONValue, bytes: Int) -> DecodedEntry {
        let key = contactKeyRule.key(of: json)
        do throws(EntryFault) {
            return DecodedEntry(events: [try SegmentEvent(json)], faults: [], contactKey: key, bytes: bytes)
        } catch {
            return DecodedEntry(events: [], faults: [error], contactKey: key, bytes: bytes)
        }
    }

    private func decode(_ batch: JSONValue, of object: JSONObject, bytes: Int) throws(EntryFault) -> DecodedEntry {
        guard case .array(let elements) = batch else { throw .batchIsNotAnArray(found: batch.kindName) }
        guard !elements.isEmpty else { throw .emptyBatch }
        guard elements.count <= limits.batchEvents else {
            throw .tooManyEvents(count: elements.count, limit: limits.batchEvents)
        }
        for (index, element) in elements.enumerated() where element.objectValue == nil {
            throw .inBatch(index: index, .notAnObject(field: "batch", found: element.kindName))
        }
        let key = contactKeyRule.key(of: elements[0])
        for element in elements.dropFirst() where !Self.isSame(contactKeyRule.key(of: element), key) {
            throw .mixedBatch
        }
        var events: [SegmentEvent] = []
        var faults: [EntryFault] = []
        for (index, element) in elements.enumerated() {
            do throws(EntryFault) {
                events.append(try SegmentEvent(Self.inheriting(element, from: object)))
            } catch {
                faults.append(.inBatch(index: index, error))
            }
        }
        return DecodedEntry(events: events, faults: faults, contactKey: key, bytes: bytes)
    }

    private static func isSame(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.hasSameBytes(as: right)
    }

    /// What Segment's batches say once for all their events.
    private static func inheriting(_ event: JSONValue, from batch: JSONObject) -> JSONValue {
        guard case .object(var object) = event else { return event }
        for name in ["context", "integrations"] {
            if object[name] == nil, let shared = batch[name] { object[name] = shared }
        }
        return .object(object)
    }
}
