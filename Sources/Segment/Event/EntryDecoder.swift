import JSON

/// Reads the events out of an entry's fields.
///
/// 1. *JSON in one field*: of `event`, `data`, `payload`, `message`, `json`, `body` the first that is there and begins,
///    after white space, with `{`.
///    A CloudEvents envelope around an event is opened; see ``CloudEvent``.
/// 2. *Flat fields*: if none does and there is a field `type`, the fields are the members of the event; see ``FlatFields``.
/// 3. Otherwise the first of the names in 1 that is there, else the only field; it has to be a JSON object.
///
/// Of fields with one name the first counts. An object with a member `batch` and without a text as its `type` is a
/// batch, whose events take `context` and `integrations` from it when they have none of their own.
///
/// The contact key is that of the event as it is read (see ``EventSpelling``), and of a batch the one that all its events share (none
/// counts as one). An entry whose JSON cannot be read, that is too large, or whose batch is mixed, empty, or holds
/// something else than objects, has none.
package struct EntryDecoder: Sendable {
    /// Where events in JSON are looked for, in this order.
    package static let fieldNames = ["event", "data", "payload", "message", "json", "body"]
    /// The members that a flat entry gives as JSON.
    package static let jsonFieldNames = ["traits", "properties", "context", "integrations"]

    package struct Limits: Sendable, Equatable {
        /// All values of an entry together. Segment's limit for a batch is 500 KB.
        package var entryBytes: Int
        /// Events of one batch. Segment's limit is 2,500.
        package var batchEvents: Int

        package init(entryBytes: Int = 500 * 1024, batchEvents: Int = 2500) {
            self.entryBytes = entryBytes
            self.batchEvents = batchEvents
        }
    }

    /// Segment's limit for one event, in bytes; a setting may warn above it.
    package static let segmentEventBytesMax = 32 * 1024

    package typealias Field = (name: [UInt8], value: [UInt8])

    package let contactKeyRule: ContactKeyRule
    package let limits: Limits

    package init(contactKeyRule: ContactKeyRule = ContactKeyRule(), limits: Limits = Limits()) {
        self.contactKeyRule = contactKeyRule
        self.limits = limits
    }

    package func decode(_ fields: [Field]) -> DecodedEntry {
        let bytes = fields.reduce(0) { $0 + $1.value.count }
        do throws(EntryError) {
            guard bytes <= limits.entryBytes else { throw .tooLarge(bytes: bytes, limit: limits.entryBytes) }
            let object = try object(from: fields)
            if let batch = object["batch"], object["type"]?.stringValue == nil {
                return try decode(batch, of: object, bytes: bytes)
            }
            return single(object, bytes: bytes)
        } catch {
            return DecodedEntry(events: [], faults: [error], contactKey: nil, bytes: bytes)
        }
    }

    /// Which contact an entry belongs to; nil when it says nothing of its contact, and its own ID stands for it then.
    ///
    /// The one rule: whoever hands entries to partitions and whoever delivers them have to agree.
    package func contactKey(of fields: [Field]) -> String? { decode(fields).contactKey }

    private func single(_ object: JSONObject, bytes: Int) -> DecodedEntry {
        let spelling = EventSpelling(object)
        let key = contactKeyRule.key(of: .object(spelling.object))
        do throws(EntryError) {
            return DecodedEntry(events: [try SegmentEvent(spelling)], faults: [], contactKey: key, bytes: bytes)
        } catch {
            return DecodedEntry(events: [], faults: [error], contactKey: key, bytes: bytes)
        }
    }

    private func decode(_ batch: JSONValue, of object: JSONObject, bytes: Int) throws(EntryError) -> DecodedEntry {
        guard case .array(let elements) = batch else { throw .batchIsNotAnArray(found: batch.kindName) }
        guard !elements.isEmpty else { throw .emptyBatch }
        guard elements.count <= limits.batchEvents else {
            throw .tooManyEvents(count: elements.count, limit: limits.batchEvents)
        }
        var spellings: [EventSpelling] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let event) = element else {
                throw .inBatch(index: index, .notAnObject(field: "batch", found: element.kindName))
            }
            spellings.append(EventSpelling(event))
        }
        let keys = spellings.map { contactKeyRule.key(of: .object($0.object)) }
        let key = keys[0]
        guard keys.allSatisfy({ Self.isSame($0, key) }) else { throw .mixedBatch }
        var events: [SegmentEvent] = []
        var faults: [EntryError] = []
        for (index, spelling) in spellings.enumerated() {
            do throws(EntryError) {
                events.append(try SegmentEvent(spelling.inheriting(from: object)))
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

}
