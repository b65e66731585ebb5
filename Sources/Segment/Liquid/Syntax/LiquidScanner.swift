/// Cuts a template into tokens and applies whitespace control.
struct LiquidScanner {
    private let source: LiquidSource
    private let end: Int
    private var position = 0
    private var rawStart: Int?

    init(_ source: LiquidSource) {
        self.source = source
        self.end = source.units.count
    }

    mutating func tokens() throws(LiquidError) -> [LiquidToken] {
        var tokens: [LiquidToken] = []
        while position < end {
            let token = try nextToken()
            rawStart = token.isTag("raw") ? token.range.lowerBound : token.isTag("endraw") ? nil : rawStart
            tokens.append(token)
        }
        if let rawStart { throw notClosed("the raw block", at: rawStart, hint: "close it with {% endraw %}") }
        trim(&tokens)
        return tokens
    }

    /// The tokens of a `{% liquid %}` tag: one tag a line.
    static func lineTokens(_ source: LiquidSource, in range: Range<Int>) throws(LiquidError) -> [LiquidToken] {
        var tokens: [LiquidToken] = []
        var cursor = LiquidCursor(source, in: range)
        while true {
            cursor.skipBlank()
            if cursor.isAtEnd { return tokens }
            let start = cursor.position
            _ = cursor.skip(past: LiquidUnit.newline)
            tokens.append(try tag(source, start..<cursor.position, content: start..<cursor.position))
        }
    }

    private mutating func nextToken() throws(LiquidError) -> LiquidToken {
        if let rawStart { return try rawContentOrEnd(rawStart) }
        if matches("{%", at: position) { return try tagToken() }
        if matches("{{", at: position) { return try outputToken() }
        let start = position
        while position < end, !matches("{%", at: position), !matches("{{", at: position) { position += 1 }
        return .text(start..<position)
    }

    private mutating func tagToken() throws(LiquidError) -> LiquidToken {
        let start = position
        guard let close = find("%}", from: start + 1) else {
            throw notClosed("the tag \(source.excerpt(start..<end))", at: start, hint: "close it with %}")
        }
        position = close + 2
        return try Self.tag(source, start..<position, content: start + 2..<max(start + 2, close))
    }

    private mutating func outputToken() throws(LiquidError) -> LiquidToken {
        let start = position
        var cursor = LiquidCursor(source, in: start + 2..<end)
        while let unit = cursor.peek() {
            if LiquidUnit.isQuote(unit) {
                _ = cursor.readQuoted()
                if let open = cursor.openText {
                    throw cursor.error(at: open, "the text that starts here has no closing quote")
                }
            } else if cursor.matches("}}") {
                position = cursor.position + 2
                return Self.delimited(source, .output, start..<position, content: start + 2..<cursor.position)
            } else {
                cursor.position += 1
            }
        }
        throw notClosed("the output \(source.excerpt(start..<end))", at: start, hint: "close it with }}")
    }

    /// Between `raw` and `endraw` everything is text, whatever it looks like.
    private mutating func rawContentOrEnd(_ rawStart: Int) throws(LiquidError) -> LiquidToken {
        let start = position
        var open = find("{%", from: start)
        while let found = open {
            // A hyphen before the name belongs to it: `{%- endraw %}` ends nothing.
            var cursor = LiquidCursor(source, in: found + 2..<end)
            if cursor.readName() == LiquidText("endraw"), let close = find("%}", from: cursor.position) {
                guard found == start else {
                    position = found
                    return .text(start..<found)
                }
                position = close + 2
                return try Self.tag(source, start..<position, content: start + 2..<close)
            }
            open = find("{%", from: found + 2)
        }
        throw notClosed("the raw block", at: rawStart, hint: "close it with {% endraw %}")
    }

    private static func tag(
        _ source: LiquidSource,
        _ range: Range<Int>,
        content: Range<Int>
    ) throws(LiquidError) -> LiquidToken {
        let outer = delimited(source, .tag(""), range, content: content)
        var cursor = LiquidCursor(source, in: outer.content)
        let name = cursor.readTagName()
        guard !name.isEmpty else { throw cursor.error("a tag's name is expected here") }
        cursor.skipBlank()
        return LiquidToken(
            kind: .tag(name),
            range: range,
            content: cursor.position..<max(cursor.position, outer.content.upperBound),
            trimsBefore: outer.trimsBefore,
            trimsAfter: outer.trimsAfter
        )
    }

    private static func delimited(
        _ source: LiquidSource,
        _ kind: LiquidToken.Kind,
        _ range: Range<Int>,
        content: Range<Int>
    ) -> LiquidToken {
        var inner = source.units[content]
        let trimsBefore = inner.first == LiquidUnit.minus
        let trimsAfter = inner.last == LiquidUnit.minus
        if trimsBefore { inner = inner.dropFirst() }
        if trimsAfter { inner = inner.dropLast() }
        inner = inner.drop(while: LiquidUnit.isBlank)
        while let last = inner.last, LiquidUnit.isBlank(last) { inner = inner.dropLast() }
        return LiquidToken(
            kind: kind,
            range: range,
            content: inner.startIndex..<inner.endIndex,
            trimsBefore: trimsBefore,
            trimsAfter: trimsAfter
        )
    }

    /// A hyphen inside a delimiter takes the blanks of the text beside it; the content of `raw` is never touched.
    private func trim(_ tokens: inout [LiquidToken]) {
        var inRaw = false
        for index in tokens.indices where tokens[index].kind != .text {
            let token = tokens[index]
            if !inRaw, token.trimsBefore, index > 0, tokens[index - 1].kind == .text {
                let text = source.units[tokens[index - 1].range]
                tokens[index - 1].cutAtEnd = text.reversed().prefix(while: LiquidUnit.isBlank).count
            }
            if token.isTag("raw") { inRaw = true }
            if token.isTag("endraw") { inRaw = false }
            if !inRaw, token.trimsAfter, index + 1 < tokens.count, tokens[index + 1].kind == .text {
                let text = source.units[tokens[index + 1].range]
                tokens[index + 1].cutAtStart = text.prefix(while: LiquidUnit.isBlank).count
            }
        }
    }

    private func find(_ text: String, from start: Int) -> Int? {
        var index = start
        while index < end {
            if matches(text, at: index) { return index }
            index += 1
        }
        return nil
    }

    private func matches(_ text: String, at offset: Int) -> Bool {
        var index = offset
        for unit in text.utf16 {
            guard index < end, source.units[index] == unit else { return false }
            index += 1
        }
        return true
    }

    private func notClosed(_ what: String, at offset: Int, hint: String) -> LiquidError {
        source.error(.syntax, at: offset, "\(what) is not closed", hint: hint)
    }
}
