package import JSON

/// Which directives gave a value for one event: the way through a mapping, for people.
///
/// Choices are followed into the branch that the event takes; what works on another payload (`@transform`, the shape of
/// an `@arrayPath`) is shown as it is written.
package struct ValueOrigin: Sendable, Equatable, CustomStringConvertible {
    package let steps: [String]

    package var description: String { steps.joined(separator: " ") }

    /// - Parameters:
    ///   - mapping: a mapping that compiles, or a part of one.
    ///   - event: an object.
    package init(of mapping: JSONValue, for event: JSONValue) {
        var steps: [String] = []
        var rest: JSONValue? = mapping
        // A mapping that compiles is at most this deep.
        for _ in 0..<MappingCompiler.depthMax {
            guard let value = rest else { break }
            let (step, next) = Self.step(value, event)
            steps.append(step)
            rest = next
        }
        self.steps = steps
    }

    /// One step and, where that is one value of the same event, what the step works on.
    private static func step(_ value: JSONValue, _ event: JSONValue) -> (String, JSONValue?) {
        guard case .object(let object) = value,
            let (name, argument) = object.first(where: { $0.key.hasPrefix("@") }),
            let directive = MappingDirective(rawValue: name)
        else { return (value.jsonText, nil) }
        switch directive {
        case .choice: return choice(argument, event)
        case .literal: return (name, argument)
        case .excludeWhenNull: return (name, argument)
        case .changeCase: return ("\(name) \(text(argument["operator"]))", argument["value"])
        case .json: return ("\(name) \(text(argument["mode"]))", argument["value"])
        case .replace:
            let by = "\(argument["pattern"]?.jsonText ?? "") by \(argument["replacement"]?.jsonText ?? "\"\"")"
            let second = argument["pattern2"].map {
                ", \($0.jsonText) by \(argument["replacement2"]?.jsonText ?? "\"\"")"
            }
            return ("\(name) \(by)\(second ?? "")", argument["value"])
        case .flatten: return ("\(name) with \(argument["separator"]?.jsonText ?? "")", argument["value"])
        case .path:
            if case .string(let text) = argument { return ("\(name) \(text)", nil) }
            return (name, argument)
        case .template, .liquid, .arrayPath, .merge, .transform: return ("\(name) \(argument.jsonText)", nil)
        }
    }

    /// The branch that the event takes. A mapping decides, as always, with the words `then` and `else` as its branches.
    private static func choice(_ argument: JSONValue, _ event: JSONValue) -> (String, JSONValue?) {
        guard case .object(var options) = argument else { return ("@if", nil) }
        options["then"] = "then"
        options["else"] = "else"
        guard let mapping = try? EventMapping(compiling: ["@if": .object(options)]),
            let branch = try? mapping.resolve(event)?.stringValue
        else { return ("@if \(argument.jsonText)", nil) }
        // An `else` of null, false, 0 or "" is none.
        guard let value = argument[branch], branch == "then" || value.isTruthy else {
            return ("@if, which has no '\(branch)'", nil)
        }
        return ("@if \(branch)", value)
    }

    private static func text(_ value: JSONValue?) -> String { value?.stringValue ?? value?.jsonText ?? "" }
}
