#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes an event's JSON member by member, and refuses what a bridge would not take.
struct EventEncoder {
    private var json: [UInt8] = [UInt8(ascii: "{")]

    /// What programs print for want of an ID. A bridge takes them for none.
    private static let placeholders: Set<String> = ["undefined", "null", "None", "nil", "NaN", "[object Object]"]

    mutating func encode(
        _ kind: Event.Kind,
        _ contact: Contact,
        messageID: MessageID,
        timestamp: Date?
    ) throws(EventError) {
        write(member: "type", text: kind.type)
        write(member: "messageId", text: messageID.text)
        if let timestamp {
            guard let text = TimestampText.text(timestamp) else { throw .timestampOutOfRange }
            write(member: "timestamp", text: text)
        }
        switch contact {
        case .user(let user, let anonymousID):
            try id("userId", user)
            if let anonymousID { try id("anonymousId", anonymousID) }
        case .anonymous(let anonymousID): try id("anonymousId", anonymousID)
        }
        switch kind {
        case .identify(let traits): try member("traits", .object(traits))
        case .track(let name, let properties):
            guard !name.isBlank else { throw .emptyEventName }
            write(member: "event", text: name)
            try member("properties", .object(properties))
        case .page(let name, let properties), .screen(let name, let properties):
            if let name { write(member: "name", text: name) }
            try member("properties", .object(properties))
        case .group(let group, let traits):
            try id("groupId", group)
            try member("traits", .object(traits))
        case .alias(let previousID): try id("previousId", previousID)
        case .delete: break
        }
    }

    mutating func member(_ name: String, _ value: Value) throws(EventError) {
        write(name: name)
        try write(value, at: name, depth: 1)
    }

    /// The whole event; nothing may be written afterwards.
    mutating func finished() throws(EventError) -> String {
        json.append(UInt8(ascii: "}"))
        guard json.count <= Event.bytesMax else { throw .tooLarge(bytes: json.count) }
        return String(decoding: json, as: UTF8.self)
    }

    private mutating func id(_ name: String, _ text: String) throws(EventError) {
        guard !text.isBlank else { throw .emptyID(name) }
        guard !Self.placeholders.contains(text) else { throw .placeholderID(name, found: text) }
        write(member: name, text: text)
    }

    private mutating func write(member name: String, text: String) {
        write(name: name)
        write(text)
    }

    private mutating func write(name: String) {
        if json.last != UInt8(ascii: "{") { json.append(UInt8(ascii: ",")) }
        write(name)
        json.append(UInt8(ascii: ":"))
    }

    /// - Parameter place: for the errors only.
    private mutating func write(_ value: Value, at place: String, depth: Int) throws(EventError) {
        switch value {
        case .null: json += "null".utf8
        case .bool(let flag): json += (flag ? "true" : "false").utf8
        case .integer(let number): json += String(number).utf8
        case .number(let number):
            guard number.isFinite else { throw .notFinite(at: place) }
            json += number.description.utf8
        case .text(let text): write(text)
        case .list(let elements):
            guard depth < Event.depthMax else { throw .tooDeep(at: place) }
            json.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                try write(element, at: "\(place)[\(index)]", depth: depth + 1)
            }
            json.append(UInt8(ascii: "]"))
        case .object(let members):
            guard depth < Event.depthMax else { throw .tooDeep(at: place) }
            json.append(UInt8(ascii: "{"))
            // A dictionary has another order in each process, and the JSON is to be the same.
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                write(name: name)
                try write(value, at: "\(place).\(name)", depth: depth + 1)
            }
            json.append(UInt8(ascii: "}"))
        }
    }

    private mutating func write(_ text: String) {
        json.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): json += #"\""#.utf8
            case UInt8(ascii: "\\"): json += #"\\"#.utf8
            case 0x0A: json += #"\n"#.utf8
            case 0x0D: json += #"\r"#.utf8
            case 0x09: json += #"\t"#.utf8
            case ..<0x20: json += ((byte < 0x10 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16)).utf8
            default: json.append(byte)
            }
        }
        json.append(UInt8(ascii: "\""))
    }
}

extension Event.Kind {
    /// Segment's word for it.
    var type: String {
        switch self {
        case .identify: "identify"
        case .track: "track"
        case .page: "page"
        case .screen: "screen"
        case .group: "group"
        case .alias: "alias"
        case .delete: "delete"
        }
    }
}
