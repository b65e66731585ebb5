import JSON
import JavaScript

/// The text of a `@template`: `{{{path}}}` and then `{{path}}` replaced by values of the event.
///
/// Two rounds, as in Segment: what a triple placeholder brings in is searched for double ones again.
struct TemplateText: Sendable {
    private enum Part: Sendable {
        case text(String)
        case value(EventPath)
    }

    private let parts: [Part]
    private let hasSecondRound: Bool

    init(_ text: String) {
        let triple = Self.parts(of: text, braces: 3)
        if triple.contains(where: { if case .value = $0 { true } else { false } }) {
            self.parts = triple
            self.hasSecondRound = true
        } else {
            self.parts = Self.parts(of: text, braces: 2)
            self.hasSecondRound = false
        }
    }

    /// - Throws: ``ResultTooLong``
    func render(_ payload: JSONValue?) throws(ResultTooLong) -> String {
        let text = try Self.render(parts, payload)
        return hasSecondRound ? try Self.render(Self.parts(of: text, braces: 2), payload) : text
    }

    private static func render(_ parts: [Part], _ payload: JSONValue?) throws(ResultTooLong) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .value(let path):
                if let value = path.value(in: payload), !value.isNull { result += value.javaScriptText }
            }
            try ResultTooLong.check(result.utf8.count)
        }
        return result
    }

    /// Splits at every run of `braces` opening braces, one or more characters without `}`, and as many closing braces.
    private static func parts(of text: String, braces: Int) -> [Part] {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var textStart = 0
        var at = 0
        // Where the next closing brace stands, so that a long run of opening ones is not searched again and again.
        var close = 0
        func hasRun(of byte: UInt8, at start: Int) -> Bool {
            start + braces <= bytes.count && bytes[start..<(start + braces)].allSatisfy { $0 == byte }
        }
        while at < bytes.count {
            guard hasRun(of: UInt8(ascii: "{"), at: at) else {
                at += 1
                continue
            }
            // A lone brace begins no placeholder, but the next one may.
            let nameStart = at + braces
            if close < nameStart { close = bytes[nameStart...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.count }
            let nameEnd = close
            guard nameEnd > nameStart, hasRun(of: UInt8(ascii: "}"), at: nameEnd) else {
                at += 1
                continue
            }
            if textStart < at { parts.append(.text(String(decoding: bytes[textStart..<at], as: UTF8.self))) }
            let name = String(decoding: bytes[nameStart..<nameEnd], as: UTF8.self).trimmedAsJavaScript
            parts.append(.value(EventPath(placeholder: name)))
            at = nameEnd + braces
            textStart = at
        }
        if textStart < bytes.count { parts.append(.text(String(decoding: bytes[textStart...], as: UTF8.self))) }
        return parts
    }
}
