import JSON
import Support

/// Compiles the JSON of a mapping, and collects every fault on the way instead of stopping at the first.
struct MappingCompiler {
    /// Objects and arrays within each other.
    static let depthMax = 100
    /// A key that Segment's app writes beside a directive; it means nothing.
    static let metadataKey = "_metadata"

    private(set) var faults: [MappingFault] = []
    /// Faults that Segment notices only when an event gets there.
    private(set) var lateFaults: [MappingFault] = []
    private(set) var warnings: [String] = []

    /// The root of a mapping, or what a `@transform` applies.
    mutating func root(_ mapping: JSONValue, at path: [String]) -> MappingNode {
        guard case .object(let object) = mapping, let wrapper = object[EventMapping.rootDirectiveKey] else {
            return node(mapping, at: path)
        }
        let place = path + [EventMapping.rootDirectiveKey]
        guard case .object(let directive) = wrapper, directive.count == 1, let (name, argument) = directive.first,
            case .object(var options) = argument
        else {
            return fail(place, "must be one directive whose argument is an object")
        }
        var rest = object
        rest[EventMapping.rootDirectiveKey] = nil
        options["mapping"] = .object(rest)
        return node(.object([name: .object(options)]), at: place)
    }

    mutating func node(_ value: JSONValue, at path: [String]) -> MappingNode {
        switch value {
        case .null, .bool, .int, .uint, .double, .string: return .constant(value)
        case .object(let object):
            guard path.count < Self.depthMax else { return tooDeep(path) }
            return isDirective(object) ? directive(object, at: path) : members(object, at: path)
        case .array(let elements):
            guard path.count < Self.depthMax else { return tooDeep(path) }
            var nodes: [MappingNode] = []
            for (index, element) in elements.enumerated() { nodes.append(node(element, at: path + ["\(index)"])) }
            let constants = nodes.compactMap(\.constantValue)
            return constants.count == nodes.count ? .constant(.array(constants)) : .array(nodes)
        }
    }

    private mutating func members(_ object: JSONObject, at path: [String]) -> MappingNode {
        var members: [MappingNode.Member] = []
        for (key, value) in object {
            members.append(MappingNode.Member(key: key, node: node(value, at: path + [key])))
        }
        let constants = members.compactMap { member in member.node.constantValue.map { (member.key, $0) } }
        return constants.count == members.count ? .constant(.object(JSONObject(constants))) : .object(members)
    }

    private mutating func directive(_ object: JSONObject, at path: [String]) -> MappingNode {
        let names = object.keys.filter { $0.hasPrefix("@") }
        guard names.count == 1, let name = names.first else {
            return fail(path, "has several directives, \(names.joined(separator: ", ")); an object takes one")
        }
        let others = object.keys.filter { $0 != name && $0 != Self.metadataKey }
        guard others.isEmpty else {
            return fail(path, "has \(name) beside \(others.joined(separator: ", ")); a directive stands alone")
        }
        guard let directive = MappingDirective(rawValue: name), let argument = object[name] else {
            let known = MappingDirective.allCases.map(\.rawValue)
            return fail(path + [name], "is not a directive; " + NearestMatch.hint(for: name, in: known, quote: ""))
        }
        return compile(directive, argument, at: path + [name])
    }

    func isDirective(_ object: JSONObject) -> Bool {
        for (key, _) in object where key.hasPrefix("@") { return true }
        return false
    }

    private mutating func tooDeep(_ path: [String]) -> MappingNode {
        fail(path, "has more than \(Self.depthMax) objects and arrays within each other")
    }
}

extension MappingCompiler {
    @discardableResult
    mutating func fail(_ path: [String], _ reason: String) -> MappingNode {
        faults.append(MappingFault(path: JSONPointer.text(path), reason: reason))
        return .undefined
    }

    mutating func failLate(_ path: [String], _ reason: String) -> MappingNode {
        let pointer = JSONPointer.text(path)
        lateFaults.append(MappingFault(path: pointer, reason: reason))
        return .failure(MappingError(path: pointer, reason: reason))
    }

    /// A fault that only some events notice: the node works for the others.
    mutating func noteLate(_ path: [String], _ reason: String) {
        lateFaults.append(MappingFault(path: JSONPointer.text(path), reason: reason))
    }

    mutating func warn(_ path: [String], _ reason: String) {
        warnings.append("\(JSONPointer.text(path)): \(reason)")
    }
}
