import JSON
import Loops
package import Segment

/// Writes explanations for people.
package struct ExplanationText: Sendable {
    private let style: TextStyle
    private var lines: [String] = []

    package static func text(_ explanation: Explanation, style: TextStyle) -> String {
        var text = ExplanationText(style)
        text.add(explanation)
        return text.lines.joined(separator: "\n") + "\n"
    }

    package static func text(trigger: String, _ explanation: TriggerExplanation, style: TextStyle) -> String {
        var text = ExplanationText(style)
        text.lines.append(text.mark(explanation.isMatched) + " " + style.bold(TextStyle.shown(trigger)))
        text.add(explanation.root, indent: 1)
        return text.lines.joined(separator: "\n") + "\n"
    }

    private init(_ style: TextStyle) {
        self.style = style
    }

    private mutating func add(_ explanation: Explanation) {
        let event = explanation.event
        let facts = [("event", "event"), ("user", "userId"), ("message", "messageId")].compactMap { word, key in
            event[key].map { "\(word) \(value($0))" }
        }
        let type = event["type"].map { TextStyle.shown($0.stringValue ?? $0.jsonText) } ?? "an event without type"
        lines.append(style.bold(type) + facts.map { " · \($0)" }.joined())
        if explanation.isSwitchedOff {
            lines.append(style.yellow("the event's integrations switch Loops off: it would be ignored"))
        }
        for hint in explanation.hints { lines.append(style.yellow("note: \(TextStyle.shown(hint, limit: 400))")) }
        for mapping in explanation.mappings { add(mapping) }
    }

    private mutating func add(_ mapping: MappingExplanation) {
        let name = style.bold(TextStyle.shown(mapping.name))
        switch mapping.end {
        case .off: return lines.append(style.dim("- ") + name + ": " + style.dim("off"))
        case .notMatched: lines.append(mark(false) + " " + name + ": the trigger does not match")
        case .faults(let faults):
            let count = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
            lines.append(mark(false) + " " + name + ": " + style.red("\(count), nothing is sent"))
        case .request(let request):
            lines.append(mark(true) + " " + name + ": " + style.green("\(request.method) \(request.path)"))
        }
        lines.append("    trigger  " + style.dim(TextStyle.shown(mapping.triggerText, limit: 400)))
        add(mapping.trigger.root, indent: 3)
        add(mapping.fields, of: mapping.action)
        if !mapping.omissions.isEmpty {
            lines.append("    left out on the way")
            for omission in mapping.omissions {
                let path = TextStyle.shown(omission.path)
                lines.append("      \(path)  \(value(omission.value))  \(style.yellow(omission.reason))")
            }
        }
        if !mapping.adjustments.isEmpty {
            lines.append("    changed by options")
            for use in mapping.adjustments {
                lines.append("      \(TextStyle.shown(use.path))  \(style.yellow(Self.words(use.kind)))")
            }
        }
        switch mapping.end {
        case .off, .notMatched: break
        case .faults(let faults):
            lines.append("    faults")
            for fault in faults { lines.append("      \(style.red(TextStyle.shown(fault, limit: 400)))") }
        case .request(let request):
            lines.append("    request")
            lines.append("      \(request.method) \(LoopsRequest.segmentBaseURL)/\(request.path)")
            let body = String(
                decoding: JSONValue.object(request.body).serialized(pretty: true, escapesInvisible: true),
                as: UTF8.self
            )
            for line in body.split(separator: "\n") {
                lines.append("      " + style.cyan(TextStyle.shown(String(line), limit: 10_000)))
            }
        }
    }

    private mutating func add(_ part: TriggerExplanation.Part, indent: Int) {
        let start = String(repeating: "  ", count: indent) + mark(part.isMet) + " "
        switch part {
        case .condition(let condition):
            let met = condition.found.map { "the event has \(value($0))" } ?? "the event has nothing there"
            let text = TextStyle.shown(condition.text, limit: 400)
            lines.append(start + text + (condition.isMet ? "" : "   " + style.yellow(met)))
        case .all(let parts), .any(let parts):
            if case .all = part { lines.append(start + "all of") } else { lines.append(start + "any of") }
            for part in parts { add(part, indent: indent + 1) }
        case .nothing: lines.append(start + "Segment reads no condition here, so that it never matches")
        }
    }

    private mutating func add(_ fields: [FieldExplanation], of action: LoopsAction) {
        guard !fields.isEmpty else { return }
        lines.append("    fields")
        let names = fields.map { TextStyle.shown($0.name, limit: 40) }
        let values = fields.map { $0.value.map(value) ?? "undefined" }
        let nameWidth = names.map(\.count).max() ?? 0
        let valueWidth = min(40, values.map(\.count).max() ?? 0)
        for (index, field) in fields.enumerated() {
            let name = names[index] + Self.spaces(nameWidth - names[index].count)
            let padding = Self.spaces(valueWidth - values[index].count)
            let shown = field.value == nil ? style.dim(values[index]) : values[index]
            let origin = style.dim("← \(TextStyle.shown(Self.words(field.origin)))")
            lines.append("      \(name)  \(shown)\(padding)  \(origin)\(fate(field.fate, of: action))")
        }
    }

    private func fate(_ fate: FieldExplanation.Fate, of action: LoopsAction) -> String {
        switch fate {
        case .sent: ""
        case .coerced(let taken): "  " + style.yellow("sent as \(value(taken))")
        case .undefined: "  " + style.dim("left out: there is no value")
        case .empty: "  " + style.yellow("left out: empty")
        case .unknown: "  " + style.yellow("left out: \(action.rawValue) has no such field")
        case .refused(let fault), .failed(let fault): "  " + style.red(TextStyle.shown(fault, limit: 400))
        }
    }

    private func mark(_ isGood: Bool) -> String { isGood ? style.green("✓") : style.red("✗") }

    private func value(_ value: JSONValue) -> String { TextStyle.shown(value.jsonText, limit: 60) }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private static func words(_ origin: FieldExplanation.Origin) -> String {
        switch origin {
        case .given(let way): way
        case .defaulted(let way): "default \(way)"
        case .wholeMapping(let directive): "\(directive) of the whole mapping"
        }
    }

    private static func words(_ kind: Adjustment.Kind) -> String {
        switch kind {
        case .flattened: "flattened (nested: flatten)"
        case .droppedNested: "dropped (nested value)"
        case .truncatedText: "cut to \(ContentOptions.textUnitsMax) characters (longText: truncate)"
        case .droppedText: "dropped, longer than \(ContentOptions.textUnitsMax) characters (longText: drop)"
        case .droppedReserved: "dropped, a reserved name (dropReserved)"
        case .droppedByAllowList: "dropped, not on the list (allow)"
        }
    }
}
