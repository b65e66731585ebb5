import JSON
import Operations
import RedisStreams
import StreamGroups
import Support

/// Which dead letters are asked for, and what is to be done to them: read from an address, or from the body of a request.
struct DeadLetterQuery: Sendable {
    /// What is wrong with a question, for who asked.
    struct Fault: Error, CustomStringConvertible { let description: String }

    /// IDs that one question names.
    static let maxIDs = 200

    /// The streams of this bridge.
    let streams: [String]

    /// - Parameter fields: values by their names.
    func filter(_ fields: [String: [String]]) throws(Fault) -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        for (name, values) in fields {
            switch name {
            case "id":
                if values.count > Self.maxIDs { throw Fault(description: "At most \(Self.maxIDs) IDs at once.") }
                for text in values { filter.ids.insert(try id(text, name)) }
            case "reason": filter.reasons = Set(values)
            case "mapping": filter.mappings = Set(values)
            case "stream": filter.streams = Set(values)
            case "newerThan": filter.newerThan = try age(values, name)
            case "olderThan": filter.olderThan = try age(values, name)
            case "upTo": filter.notAfter = try values.last.map { text throws(Fault) in try id(text, name) }
            // A filter that is misspelt must not widen what is replayed or dropped.
            default: throw Fault(description: "\(name.shown.cut(to: 100)) is no filter of dead letters")
            }
        }
        if let unknown = filter.streams.sorted().first(where: { !streams.contains($0) }) {
            throw Fault(
                description:
                    "\(unknown.shown.cut(to: 200)) is none of bridge.streams (\(streams.joined(separator: ", ")))"
            )
        }
        return filter
    }

    /// What `/dead/replay` and `/dead/drop` are told, and why.
    func order(_ action: DeadLetterOrder.Action, _ body: [UInt8]) throws(Fault) -> (DeadLetterOrder, reason: String) {
        let json: JSONValue
        do { json = try JSONParser.parse(body) } catch {
            throw Fault(description: "The body is no JSON: \(error)")
        }
        guard let letters = json["letters"]?.objectValue else {
            throw Fault(description: #"Say which: {"letters": {"id": ["1-0"]}, "reason": "why"}"#)
        }
        var fields: [String: [String]] = [:]
        for (name, value) in letters {
            let texts = value.arrayValue?.map(\.stringValue) ?? [value.stringValue]
            fields[name] = try texts.map { text throws(Fault) in
                guard let text else {
                    throw Fault(description: "\(name.shown.cut(to: 100)) is a text, or a list of them")
                }
                return text
            }
        }
        let order = DeadLetterOrder(
            action,
            try filter(fields),
            isDryRun: json["dryRun"] == true,
            replaysOvertaken: json["evenIfOvertaken"] == true
        )
        let reason = json["reason"]?.stringValue ?? ""
        if order.isDryRun { return (order, reason) }
        if !reason.contains(where: { !$0.isWhitespace }) { throw Fault(description: "Say why, in reason.") }
        if order.filter.ids.isEmpty, order.filter.notAfter == nil {
            throw Fault(description: "Do a dry run first, and give its upTo among the letters.")
        }
        if order.replaysOvertaken, order.filter.ids.count != 1 {
            throw Fault(description: "Letters that newer events have overtaken are replayed one by one, by their id.")
        }
        return (order, reason)
    }

    private func id(_ text: String, _ name: String) throws(Fault) -> StreamID {
        guard let id = StreamID(text) else { throw Fault(description: "\(name) is a dead letter's ID: 1-0") }
        return id
    }

    private func age(_ values: [String], _ name: String) throws(Fault) -> Duration? {
        guard let text = values.last else { return nil }
        guard let age = Duration(withUnit: text) else {
            throw Fault(description: "\(name) is a time such as 30m, 6h or 2d")
        }
        return age
    }
}
