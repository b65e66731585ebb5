/// Makes nodes of the events of one document.
struct YAMLComposer {
    /// What an anchor names, with what it counts for when it is used.
    private struct Named {
        let node: YAMLNode
        let size: Int
        let height: Int
    }

    /// A key is named in a fault up to here, in characters.
    private static let shownKey = 40

    private let events: YAMLEvents
    private let limits: YAMLLimits
    /// By name: an alias means the latest anchor before it.
    private var anchors: [String: Named] = [:]
    /// Values so far, those of aliases included.
    private var values = 0

    private init(_ bytes: [UInt8], _ limits: YAMLLimits) throws(YAMLFault) {
        events = try YAMLEvents(bytes)
        self.limits = limits
    }

    static func document(_ bytes: [UInt8], _ limits: YAMLLimits) throws(YAMLFault) -> YAMLNode? {
        var composer = try YAMLComposer(bytes, limits)
        guard case .documentStart = try composer.events.next().event else { return nil }
        let (event, line) = try composer.events.next()
        let root = try composer.node(event, line, depth: 0).node
        // Its end.
        _ = try composer.events.next()
        let (next, second) = try composer.events.next()
        guard case .streamEnd = next else {
            throw YAMLFault(line: second, reason: "not YAML: a second document begins; one is read")
        }
        return root
    }

    /// - Parameter depth: how many sequences and mappings it is in.
    private mutating func node(_ event: YAMLEvents.Event, _ line: Int, depth: Int) throws(YAMLFault) -> Named {
        let before = values
        let content: YAMLNode.Content
        let name: String?
        var height = 0
        switch event {
        case .alias(let alias):
            guard let named = anchors[alias] else {
                throw YAMLFault(line: line, reason: "not YAML: an alias of something that has no anchor before it")
            }
            try count(named.size, line)
            try check(depth: depth + named.height, line)
            return named
        case .scalar(let text, let isPlain, let anchor):
            try count(1, line)
            (content, name) = (.scalar(text, isPlain: isPlain), anchor)
        case .sequenceStart(let anchor):
            try count(1, line)
            try check(depth: depth + 1, line)
            let elements = try elements(depth: depth + 1)
            height = 1 + (elements.map(\.height).max() ?? 0)
            (content, name) = (.sequence(elements.map(\.node)), anchor)
        case .mappingStart(let anchor):
            try count(1, line)
            try check(depth: depth + 1, line)
            let parts = try elements(depth: depth + 1)
            height = 1 + (parts.map(\.height).max() ?? 0)
            (content, name) = (.mapping(try Self.members(parts)), anchor)
        case .end, .documentStart, .documentEnd, .streamEnd:
            throw YAMLFault(line: line, reason: "not YAML: a value is missing")
        }
        let named = Named(node: YAMLNode(content: content, line: line), size: values - before, height: height)
        if let name { anchors[name] = named }
        return named
    }

    /// All up to the end: of a mapping keys and values in turn.
    private mutating func elements(depth: Int) throws(YAMLFault) -> [Named] {
        var elements: [Named] = []
        while true {
            let (event, line) = try events.next()
            if case .end = event { return elements }
            elements.append(try node(event, line, depth: depth))
        }
    }

    private static func members(_ parts: [Named]) throws(YAMLFault) -> [YAMLNode.Member] {
        let members = stride(from: 0, to: parts.count - 1, by: 2).map {
            YAMLNode.Member(key: parts[$0].node, value: parts[$0 + 1].node)
        }
        // Whoever reads it takes keys as texts.
        var lines: [String: Int] = [:]
        for key in members.lazy.map(\.key) {
            guard let text = key.text, let first = lines.updateValue(key.line, forKey: text) else { continue }
            let shown = text.count <= shownKey ? text : String(text.prefix(shownKey)) + "…"
            throw YAMLFault(line: key.line, reason: "the key '\(shown)' comes twice, first in line \(first)")
        }
        return members
    }

    private mutating func count(_ size: Int, _ line: Int) throws(YAMLFault) {
        // Neither is over the limit, so that the sum cannot overflow.
        values += size
        guard values <= limits.values else {
            throw YAMLFault(
                line: line,
                reason: "more than \(limits.values) values, aliases counted where they are used"
            )
        }
    }

    private func check(depth: Int, _ line: Int) throws(YAMLFault) {
        guard depth <= limits.depth else { throw YAMLFault(line: line, reason: "more than \(limits.depth) levels") }
    }
}

extension YAMLNode {
    /// - Returns: the only document of a text; nil for a text without one.
    package static func document(_ bytes: [UInt8], limits: YAMLLimits) throws(YAMLFault) -> YAMLNode? {
        try YAMLComposer.document(bytes, limits)
    }
}
