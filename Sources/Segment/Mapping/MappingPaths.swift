package import JSON

/// The paths of an event that a mapping takes its value from, as far as they can be told without an event.
package enum MappingPaths {
    /// - Parameter mapping: a mapping that compiles, or a part of one.
    /// - Returns: dot paths, in the order of the mapping, each once. What a condition asks for is not among them: it gives no value.
    package static func sources(of mapping: JSONValue) -> [String] {
        var paths: [String] = []
        collect(mapping, into: &paths)
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }

    private static func collect(_ value: JSONValue, into paths: inout [String]) {
        switch value {
        case .array(let elements): for element in elements { collect(element, into: &paths) }
        case .object(let object):
            guard let (name, argument) = object.first(where: { $0.key.hasPrefix("@") }) else {
                for (_, member) in object { collect(member, into: &paths) }
                return
            }
            switch (MappingDirective(rawValue: name), argument) {
            case (.literal, _): return
            case (.path, .string(let text)): paths.append(dotPath(text))
            case (.template, .string(let text)), (.liquid, .string(let text)): paths += placeholders(of: text)
            case (.choice, .object(let options)):
                for branch in ["then", "else"] { if let value = options[branch] { collect(value, into: &paths) } }
            default: collect(argument, into: &paths)
            }
        case .null, .bool, .int, .uint, .double, .string: return
        }
    }

    /// `$.properties['plan']` as `properties.plan`.
    static func dotPath(_ path: String) -> String {
        var text = path[...]
        if text.hasPrefix("$.") { text = text.dropFirst(2) }
        return text.replacing("[", with: ".").split(separator: ".").map { step in
            step.trimmingQuotes.trimmingSuffix("]").trimmingQuotes
        }.joined(separator: ".")
    }

    /// What stands between `{{` and `}}`, up to a filter.
    private static func placeholders(of text: String) -> [String] {
        text.split(separator: "{{").dropFirst(text.hasPrefix("{{") ? 0 : 1).compactMap { part in
            let inner = part.prefix { $0 != "}" && $0 != "|" }.filter { $0 != "{" && $0 != " " }
            guard let first = inner.first, first.isLetter || first == "$" || first == "_" else { return nil }
            return dotPath(inner)
        }
    }
}

extension Substring {
    fileprivate var trimmingQuotes: Substring {
        var text = self
        for quote in ["'", "\""] {
            if text.hasPrefix(quote) { text = text.dropFirst() }
            if text.hasSuffix(quote) { text = text.dropLast() }
        }
        return text
    }

    fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
        hasSuffix(suffix) ? dropLast(suffix.count) : self
    }
}
