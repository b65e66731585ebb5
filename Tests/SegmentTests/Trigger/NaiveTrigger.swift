import JSON

/// A second reading of Segment's filter query language, straight over its words with nothing compiled: slow, short, and
/// written from Segment's rules alone, to compare the compiled trigger with.
struct NaiveTrigger {
    private var words: [String] = []

    init(_ text: String) {
        var rest = Array(text)
        while let first = rest.first {
            if first == " " {
                rest.removeFirst()
            } else if first == "\"" {
                let end = rest.dropFirst().firstIndex(of: "\"") ?? rest.count - 1
                words.append(String(rest[...end]))
                rest.removeSubrange(...end)
            } else if "(),".contains(first) {
                words.append(String(rest.removeFirst()))
            } else {
                let end = rest.firstIndex { " (),".contains($0) } ?? rest.count
                words.append(String(rest[..<end]))
                rest.removeSubrange(..<end)
            }
        }
    }

    func matches(_ event: JSONValue) -> Bool { Self.group(words, event) }

    private static func group(_ words: [String], _ event: JSONValue) -> Bool {
        var rest = words[...]
        var answers: [Bool] = []
        var isAny = false
        while let word = rest.popFirst() {
            switch word {
            case "and": isAny = false
            case "or": isAny = true
            case ")": break
            case "(":
                let end = rest.firstIndex(of: ")") ?? rest.endIndex
                answers.append(group(Array(rest[..<end]), event))
                rest = rest[min(end + 1, rest.endIndex)...]
            case "contains", "match", "!contains", "!match":
                let arguments = Array(rest.prefix(5))
                rest = rest.dropFirst(5)
                let pattern = String(arguments[3].dropFirst().dropLast())
                guard arguments[1] != "type" else { continue }
                guard case .string(let text)? = value(arguments[1], event) else {
                    answers.append(false)
                    continue
                }
                let isFound =
                    if word.hasSuffix("contains") {
                        pattern.isEmpty || text.contains(pattern)
                    } else if pattern.hasSuffix("*") {
                        text.hasPrefix(pattern.dropLast())
                    } else {
                        text.hasSuffix(pattern.dropFirst())
                    }
                answers.append(isFound != word.hasPrefix("!"))
            default:
                let (comparison, operand) = (rest.removeFirst(), rest.removeFirst())
                answers.append(compare(word, comparison, operand, event))
            }
        }
        guard !answers.isEmpty else { return false }
        return isAny ? answers.contains(true) : !answers.contains(false)
    }

    private static func value(_ path: String, _ event: JSONValue) -> JSONValue? {
        path.split(separator: ".").reduce(event as JSONValue?) { value, key in
            switch value {
            case .null?, .bool(false)?, .string("")?, .int(0)?: value
            default: value?[String(key)]
            }
        }
    }

    private static func compare(_ path: String, _ comparison: String, _ operand: String, _ event: JSONValue) -> Bool {
        let value = value(path, event)
        let isInside = path.contains(".")
        let isQuoted = operand.hasPrefix("\"")
        let text = isQuoted ? String(operand.dropFirst().dropLast()) : operand
        let number = isQuoted ? nil : Double(operand)
        if isInside || path == "userId" || path == "name", !isQuoted, operand == "null" {
            if comparison == "=" { return value == nil || value == .null }
            if comparison == "!=" { return value != nil && value != .null }
        }
        if isInside || path == "userId", !isQuoted {
            if operand == "true", comparison == "=" { return value == .bool(true) }
            if operand == "false", comparison == "=" { return value == .bool(false) }
        }
        if isInside, let number, comparison.hasSuffix("="), comparison.count == (comparison == "=" ? 1 : 2) {
            if comparison == "=" { return value?.doubleValue == number }
            if comparison == "!=" { return value?.doubleValue.map { $0 != number } ?? false }
        }
        if comparison == "=" { return value == .string(text) }
        if comparison == "!=" { return value != .string(text) }
        let truth: Double? = isInside && !isQuoted ? ["true": 1, "false": 0][operand] : nil
        guard let left = value?.doubleValue, let right = truth ?? (text.isEmpty ? 0 : Double(text)) else {
            return false
        }
        switch comparison {
        case "<": return left < right
        case "<=": return left <= right
        case ">": return left > right
        default: return left >= right
        }
    }
}
