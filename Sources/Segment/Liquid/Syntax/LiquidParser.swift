import JavaScript

/// Turns a template's tokens into nodes.
struct LiquidParser {
    private let source: LiquidSource
    private let limits: LiquidLimits
    private var tokens: ArraySlice<LiquidToken> = []
    private var depth = 0
    /// Filters that do not exist, each once, in order of appearance.
    private(set) var unknownFilters: [String] = []
    /// The zones that `date` is given as texts.
    private(set) var zoneNames: [String] = []
    /// Whether a tag holds a text without its closing quote.
    private(set) var hasOpenText = false

    init(source: LiquidSource, limits: LiquidLimits) {
        self.source = source
        self.limits = limits
    }

    mutating func parse() throws(LiquidError) -> [LiquidNode] {
        var scanner = LiquidScanner(source)
        tokens = try scanner.tokens()[...]
        return try parseRemainingTokens()
    }

    private mutating func parseRemainingTokens() throws(LiquidError) -> [LiquidNode] {
        var nodes: [LiquidNode] = []
        while let token = tokens.popFirst() {
            if let node = try parseNode(token) { nodes.append(node) }
        }
        return nodes
    }

    private mutating func parseNode(_ token: LiquidToken) throws(LiquidError) -> LiquidNode? {
        switch token.kind {
        case .text:
            let text = source.text(token.kept)
            return text.isEmpty ? nil : .text(text)
        case .output:
            return .output(try filtered(token))
        case .tag(let name):
            guard depth < limits.depth else {
                throw source.error(.limit, at: token.range.lowerBound, "tags are nested deeper than \(limits.depth)")
            }
            depth += 1
            defer { depth -= 1 }
            return try parseTag(name, token)
        }
    }

    private mutating func parseTag(_ name: String, _ token: LiquidToken) throws(LiquidError) -> LiquidNode? {
        switch name {
        case "#": try checkInlineComment(token)
        case "assign": return try assign(token)
        case "block": return .group(try body(of: token, until: "endblock"))
        case "break", "continue": return .stop
        case "capture": return try capture(token)
        case "comment": try skipComment(token)
        case "cycle": return try cycle(token)
        case "decrement": return .decrement(variable(token))
        case "echo": return token.content.isEmpty ? nil : .output(try filtered(token))
        case "if": return try conditional(token, named: "if")
        case "increment": return .increment(variable(token))
        case "liquid": return try lines(token)
        case "raw": return try raw(token)
        case "unless": return try conditional(token, named: "unless")
        default:
            let refusal = UnsupportedLiquid.tag(name)
            throw source.error(.tagRefused(name), at: token.range.lowerBound, refusal.reason, hint: refusal.hint)
        }
        return nil
    }

    // MARK: Tags

    private mutating func assign(_ token: LiquidToken) throws(LiquidError) -> LiquidNode {
        var parser = expressionParser(token)
        let name = parser.cursor.readName()
        guard !name.isEmpty else {
            throw parser.cursor.error("assign needs a variable's name, not \(parser.cursor.excerpt)")
        }
        parser.cursor.skipBlank()
        guard parser.cursor.skip(LiquidUnit.equal) else {
            throw parser.cursor.error("\"=\" is expected after the variable \"\(name.string)\"")
        }
        let value = try parser.readFiltered()
        note(parser)
        return .assign(name.string, value)
    }

    private mutating func capture(_ token: LiquidToken) throws(LiquidError) -> LiquidNode {
        var cursor = LiquidCursor(source, in: token.content)
        var name = cursor.readName()
        if name.isEmpty {
            guard let quoted = cursor.readQuoted() else {
                throw cursor.error("capture needs a variable's name, not \(cursor.excerpt)")
            }
            name = quoted
        }
        return .capture(name.string, try body(of: token, until: "endcapture"))
    }

    private func variable(_ token: LiquidToken) -> String {
        var cursor = LiquidCursor(source, in: token.content)
        return cursor.readName().string
    }

    private mutating func cycle(_ token: LiquidToken) throws(LiquidError) -> LiquidNode {
        var parser = expressionParser(token)
        var group: LiquidExpression?
        var candidates: [LiquidExpression] = []
        if let first = try parser.readValue() {
            parser.cursor.skipBlank()
            if parser.cursor.skip(LiquidUnit.colon) {
                group = first
            } else {
                candidates.append(first)
            }
        }
        while !parser.cursor.isAtEnd {
            if let candidate = try parser.readValue() { candidates.append(candidate) }
            _ = parser.cursor.skip(past: LiquidUnit.comma)
        }
        guard !candidates.isEmpty else { throw parser.cursor.error(at: token.range.lowerBound, "cycle needs values") }
        return .cycle(group: group, candidates: candidates, offset: token.range.lowerBound)
    }

    private mutating func lines(_ token: LiquidToken) throws(LiquidError) -> LiquidNode {
        let outer = tokens
        defer { tokens = outer }
        tokens = try LiquidScanner.lineTokens(source, in: token.content)[...]
        return .group(try parseRemainingTokens())
    }

    private mutating func raw(_ token: LiquidToken) throws(LiquidError) -> LiquidNode {
        var text = LiquidText()
        while let next = tokens.popFirst() {
            if next.isTag("endraw") { return .text(text) }
            text.units += source.text(next.range).units
        }
        throw notClosed(token, "endraw")
    }

    private mutating func skipComment(_ token: LiquidToken) throws(LiquidError) {
        while let next = tokens.popFirst() {
            if next.isTag("endcomment") { return }
        }
        throw notClosed(token, "endcomment")
    }

    private func checkInlineComment(_ token: LiquidToken) throws(LiquidError) {
        var cursor = LiquidCursor(source, in: token.content)
        while cursor.skip(past: LiquidUnit.newline) {
            while let unit = cursor.peek(), CodeUnit.isSpace(unit) { cursor.position += 1 }
            if cursor.isAtEnd || cursor.peek() == LiquidUnit.hash { continue }
            throw cursor.error("every line of an inline comment must start with #")
        }
    }

    // MARK: Conditions

    /// `if` is strict about `else`; `unless` ignores what follows a first `else`, as in liquidjs.
    private mutating func conditional(_ token: LiquidToken, named name: String) throws(LiquidError) -> LiquidNode {
        let isStrict = name == "if"
        var branches: [LiquidBranch] = []
        var condition: LiquidFiltered? = try filtered(token)
        var expected = isStrict
        var nodes: [LiquidNode] = []
        var otherwise: [LiquidNode]?
        while let next = tokens.popFirst() {
            switch next.kind {
            case .tag("elsif"), .tag("else"), .tag("end" + name):
                if isStrict, otherwise != nil || (condition == nil), !next.isTag("end" + name) {
                    throw misplaced(next)
                }
                if let ended = condition {
                    branches.append(LiquidBranch(condition: ended, expected: expected, body: nodes))
                } else if otherwise == nil {
                    otherwise = nodes
                }
                nodes = []
                if isStrict, !next.isTag("elsif"), !next.content.isEmpty { throw superfluous(next) }
                if next.isTag("end" + name) { return .conditional(branches, otherwise: otherwise ?? []) }
                condition = nil
                if next.isTag("elsif"), otherwise == nil { condition = try filtered(next) }
                expected = true
            default:
                if let node = try parseNode(next) { nodes.append(node) }
            }
        }
        throw notClosed(token, "end" + name)
    }

    private func misplaced(_ token: LiquidToken) -> LiquidError {
        source.error(.syntax, at: token.range.lowerBound, "nothing but endif may follow the else of an if")
    }

    private func superfluous(_ token: LiquidToken) -> LiquidError {
        source.error(.syntax, at: token.content.lowerBound, "unexpected \(source.excerpt(token.content))")
    }

    // MARK: Pieces

    private mutating func body(of token: LiquidToken, until end: String) throws(LiquidError) -> [LiquidNode] {
        var nodes: [LiquidNode] = []
        while let next = tokens.popFirst() {
            if next.isTag(end) { return nodes }
            if let node = try parseNode(next) { nodes.append(node) }
        }
        throw notClosed(token, end)
    }

    private mutating func filtered(_ token: LiquidToken) throws(LiquidError) -> LiquidFiltered {
        var parser = expressionParser(token)
        let filtered = try parser.readFiltered()
        note(parser)
        return filtered
    }

    private func expressionParser(_ token: LiquidToken) -> LiquidExpressionParser {
        LiquidExpressionParser(LiquidCursor(source, in: token.content), depthMax: limits.depth)
    }

    private mutating func note(_ parser: LiquidExpressionParser) {
        for name in parser.unknownFilters where !unknownFilters.contains(name) { unknownFilters.append(name) }
        zoneNames += parser.zoneNames
        if parser.cursor.openText != nil { hasOpenText = true }
    }

    private func notClosed(_ token: LiquidToken, _ end: String) -> LiquidError {
        source.error(
            .syntax,
            at: token.range.lowerBound,
            "the tag \(source.excerpt(token.range)) is not closed",
            hint: "close it with {% \(end) %}"
        )
    }
}
