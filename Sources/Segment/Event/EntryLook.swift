package import JSON

/// What an entry that holds no event of Segment's looks like: a closed set, since it is a metric label.
package enum EntryLook: String, Sendable, CaseIterable {
    /// A row of a change-data stream: Maxwell, Debezium, wal2json.
    case changeData = "change_data"
    /// A CloudEvents envelope around something else.
    case cloudEvent = "cloud_event"
    case postHog = "posthog"
    /// The envelope of Symfony's Messenger.
    case symfony
    /// A job of Laravel's queue.
    case laravel
    /// The envelope of FastStream or Propan.
    case fastStream = "faststream"
    /// A dictionary or bytes as Python prints them.
    case python
    /// Values as PHP's `serialize` writes them.
    case php
    /// Objects as Java serializes them.
    case java
    /// gzip, zstd and the like.
    case compressed
    /// Members of an event, but not what kind it is.
    case untyped
    /// An event whose `type` is none of Segment's.
    case otherType = "other_type"
    case unknown
}

extension EntryLook {
    /// What an object looks like that is no event of Segment's.
    package init(of object: JSONObject) {
        func has(_ names: String...) -> Bool { names.allSatisfy { object[$0] != nil } }
        if object["specversion"]?.stringValue != nil, has("source") || has("id") {
            self = .cloudEvent
        } else if has("database", "table") || has("schema", "table") || Self.isChange(object)
            || object["payload"]?.objectValue.map(Self.isChange) == true
        {
            self = .changeData
        } else if has("distinct_id") || object["properties"]?["distinct_id"] != nil {
            self = .postHog
        } else if object["body"]?.stringValue != nil, object["headers"]?.objectValue != nil {
            self = .symfony
        } else if has("displayName", "job") || has("uuid", "job", "data") {
            self = .laravel
        } else if has("data", "headers") {
            self = .fastStream
        } else if object["type"]?.stringValue != nil {
            self = .otherType
        } else if ["userId", "anonymousId", "event", "traits", "properties", "messageId"].contains(where: { has($0) }) {
            self = .untyped
        } else {
            self = .unknown
        }
    }

    private static func isChange(_ object: JSONObject) -> Bool {
        object["op"] != nil && (object["before"] != nil || object["after"] != nil || object["source"] != nil)
            || object["kind"] != nil && object["columnnames"] != nil
    }

    /// What bytes look like that are no JSON; nil for nothing in particular.
    init?(of bytes: [UInt8]) {
        func starts(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
        if starts("b'") || starts("b\"") || starts("{'") || starts("[{'") {
            self = .python
        } else if starts("\u{1f}") && bytes.dropFirst().first == 0x8b || bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
            self = .compressed
        } else if bytes.starts(with: [0x89, 0x42, 0x49, 0x4e, 0x0d, 0x0a]) {
            self = .fastStream
        } else if bytes.starts(with: [0xac, 0xed, 0x00, 0x05]) {
            self = .java
        } else if Self.isPHP(bytes) {
            self = .php
        } else {
            return nil
        }
    }

    /// `a:2:{`, `O:8:"…`, `s:5:"…`
    private static func isPHP(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4, "aOs".utf8.contains(bytes[0]), bytes[1] == UInt8(ascii: ":") else { return false }
        let digits = bytes.dropFirst(2).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return !digits.isEmpty && bytes.dropFirst(2 + digits.count).first == UInt8(ascii: ":")
    }

    /// What it is and what to change, for a person.
    package var advice: String {
        switch self {
        case .changeData:
            "a row of a change-data stream (Maxwell, Debezium), not an event; publish Segment events to this stream, or "
                + "read the rows from a stream of their own"
        case .cloudEvent:
            "a CloudEvents envelope whose data is no Segment event; put the event, with its type, into 'data'"
        case .postHog:
            "an event of PostHog's; give it 'type' (identify, track, …) and 'userId', and put traits under 'traits'"
        case .symfony:
            "the envelope of Symfony's Messenger ('body' and 'headers'); add the event's own JSON as the field 'event', "
                + "or use a serializer that writes nothing around it"
        case .laravel:
            "a job of Laravel's queue; add the event with Redis::xadd, as JSON in the field 'event', instead of dispatching a job"
        case .fastStream:
            "the envelope of FastStream; add the event with redis.xadd, as JSON in the field 'event', instead of publishing it"
        case .python:
            "what Python prints for bytes or a dictionary; use json.dumps(event), without str() or repr() around it"
        case .php: "what PHP's serialize() writes; use json_encode()"
        case .java:
            "a serialized Java object; give the RedisTemplate a StringRedisSerializer, and write the event as JSON"
        case .compressed: "compressed data; add the event uncompressed"
        case .untyped: "an event without its 'type'; add identify, track, page, screen, group, alias or delete"
        case .otherType:
            "an event whose 'type' is none of Segment's (identify, track, page, screen, group, alias, delete) and that no "
                + "mapping takes"
        case .unknown: "no event of Segment's; it needs 'type', 'userId' and the rest"
        }
    }
}
