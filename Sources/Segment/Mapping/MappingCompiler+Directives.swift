import JSON
import Support

extension MappingCompiler {
    mutating func compile(_ directive: MappingDirective, _ argument: JSONValue, at path: [String]) -> MappingNode {
        switch directive {
        case .path:
            if case .string(let text) = argument { return .path(EventPath(mapping: text)) }
            return computed(.path, argument, at: path)
        case .template:
            if case .string(let text) = argument { return .template(TemplateText(text), at: JSONPointer.text(path)) }
            return computed(.template, argument, at: path)
        case .choice: return choice(argument, at: path)
        case .changeCase: return changeCase(argument, at: path)
        case .replace: return replace(argument, at: path)
        case .arrayPath: return arrayPath(argument, at: path)
        case .merge: return merge(argument, at: path)
        case .json: return json(argument, at: path)
        case .flatten: return flatten(argument, at: path)
        case .transform: return transform(argument, at: path)
        case .literal: return node(argument, at: path)
        case .excludeWhenNull: return .excludeNull(node(argument, at: path))
        case .liquid: return liquid(argument, at: path)
        }
    }

    private mutating func computed(
        _ kind: MappingNode.Computed,
        _ argument: JSONValue,
        at path: [String]
    ) -> MappingNode {
        guard let text = textOrDirective(argument, at: path) else { return .undefined }
        return .computed(kind, text, at: JSONPointer.text(path))
    }

    private mutating func choice(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard let options = options(argument, ["exists", "blank", "then", "else"], at: path) else { return .undefined }
        let exists = options["exists"]
        let blank = options["blank"]
        // Both are compiled although one is used, for the faults that may be in them.
        let nodes = ["exists", "blank", "then", "else"].map { name in
            options[name].map { node($0, at: path + [name]) } ?? .undefined
        }
        guard exists?.isTruthy == true || blank?.isTruthy == true else {
            return failLate(path, "needs 'exists' or 'blank' with a directive")
        }
        return .choice(
            MappingNode.Choice(
                condition: exists == nil ? nodes[1] : nodes[0],
                isForBlank: exists == nil,
                then: nodes[2],
                otherwise: options["else"]?.isTruthy == true ? nodes[3] : .undefined
            )
        )
    }

    private mutating func changeCase(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard let options = options(argument, ["operator", "value"], at: path) else { return .undefined }
        let value = options["value"].map { textOrDirective($0, at: path + ["value"]) ?? .undefined }
        guard let name = options["operator"], name.isTruthy else { return failLate(path, "needs 'operator'") }
        guard let name = name.stringValue, ["lower", "upper"].contains(name) else {
            return fail(path + ["operator"], "must be \"lower\" or \"upper\"")
        }
        guard options["value"]?.isTruthy == true, let value else { return .undefined }
        return .changeCase(isUpper: name == "upper", value)
    }

    private mutating func replace(_ argument: JSONValue, at path: [String]) -> MappingNode {
        let names = ["pattern", "replacement", "pattern2", "replacement2", "ignorecase", "global", "value"]
        guard let options = options(argument, names, at: path) else { return .undefined }
        let count = faults.count
        let ignoresCase = flag(options, "ignorecase", at: path) ?? false
        let isGlobal = flag(options, "global", at: path) ?? true
        var replacements: [Replacement] = []
        for suffix in ["", "2"] {
            let isRequired = suffix.isEmpty
            let pattern = text(
                options,
                "pattern" + suffix,
                lengths: (isRequired ? 1 : 0)...Replacement.patternLengthMax,
                isRequired: isRequired,
                at: path
            )
            let replacement = text(
                options,
                "replacement" + suffix,
                lengths: 0...Replacement.replacementLengthMax,
                isRequired: false,
                at: path
            )
            guard let pattern, !pattern.isEmpty else { continue }
            replacements.append(
                Replacement(
                    pattern: pattern,
                    replacement: replacement ?? "",
                    ignoresCase: ignoresCase,
                    isGlobal: isGlobal
                )
            )
        }
        guard let value = options["value"] else { return fail(path, "needs 'value'") }
        guard let node = textOrDirective(value, at: path + ["value"]), faults.count == count, value.isTruthy else {
            return .undefined
        }
        return .replace(replacements, node, at: JSONPointer.text(path))
    }

    private mutating func arrayPath(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard case .array(let parts) = argument, let source = parts.first, parts.count <= 2 else {
            return fail(path, "must be an array of a path and, if wanted, a shape")
        }
        let root: MappingNode
        if case .string(let text) = source {
            root = .path(EventPath(mapping: text))
        } else {
            guard let node = textOrDirective(source, at: path + ["0"]) else { return .undefined }
            root = node
        }
        guard parts.count == 2 else { return root }
        let shape = node(parts[1], at: path + ["1"])
        guard case .object(let members) = parts[1], !members.isEmpty else { return root }
        return .items(root, shape: shape)
    }

    private mutating func merge(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard let options = options(argument, ["objects", "direction"], at: path) else { return .undefined }
        var nodes: [MappingNode] = []
        switch options["objects"] {
        case .array(let objects)?:
            for (index, object) in objects.enumerated() {
                guard case .object = object else {
                    fail(path + ["objects", "\(index)"], "must be an object or a directive, not \(object.kindName)")
                    continue
                }
                nodes.append(node(object, at: path + ["objects", "\(index)"]))
            }
        case .some(let value) where value.isTruthy: return fail(path + ["objects"], "must be an array of objects")
        default: return failLate(path, "needs 'objects'")
        }
        guard let direction = options["direction"], direction.isTruthy else {
            return failLate(path, "needs 'direction'")
        }
        guard let text = direction.stringValue, ["left", "right"].contains(text) else {
            return fail(path + ["direction"], "must be \"left\" or \"right\"")
        }
        return .merge(nodes, laterWins: text == "right")
    }

    private mutating func json(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard let options = options(argument, ["mode", "value"], at: path) else { return .undefined }
        let value = options["value"].map { node($0, at: path + ["value"]) }
        guard let mode = options["mode"], mode.isTruthy else { return failLate(path, "needs 'mode'") }
        guard let mode = mode.stringValue, ["encode", "decode"].contains(mode) else {
            return fail(path + ["mode"], "must be \"encode\" or \"decode\"")
        }
        guard options["value"]?.isTruthy == true, let value else { return failLate(path, "needs 'value'") }
        return mode == "encode" ? .encode(value) : .decode(value)
    }

    private mutating func flatten(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard let options = options(argument, ["separator", "value", "omitArrays"], at: path) else { return .undefined }
        guard let value = options["value"].map({ node($0, at: path + ["value"]) }) else {
            return fail(path, "needs 'value'")
        }
        guard let separator = options["separator"], separator.isTruthy else {
            return failLate(path, "needs 'separator'")
        }
        guard case .string(let text) = separator else {
            return fail(path + ["separator"], "must be a text, not \(separator.kindName)")
        }
        return .flatten(
            value,
            separator: text,
            omitsArrays: options["omitArrays"]?.isTruthy == true,
            at: JSONPointer.text(path)
        )
    }

    private mutating func transform(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard let options = options(argument, ["apply", "mapping"], at: path) else { return .undefined }
        let mapping = options["mapping"].map { node($0, at: path + ["mapping"]) }
        guard let apply = options["apply"], apply.isTruthy else { return failLate(path, "needs 'apply'") }
        guard case .object = apply else { return fail(path + ["apply"], "must be an object") }
        let applied = root(apply, at: path + ["apply"])
        guard options["mapping"]?.isTruthy == true, let mapping else { return failLate(path, "needs 'mapping'") }
        if let given = options["mapping"], given.objectValue == nil {
            return fail(path + ["mapping"], "must be an object, not \(given.kindName)")
        }
        return .transform(apply: applied, mapping: mapping, at: JSONPointer.text(path))
    }

    private mutating func liquid(_ argument: JSONValue, at path: [String]) -> MappingNode {
        guard case .string(let text) = argument else {
            return fail(path, "must be a text, not \(argument.kindName)")
        }
        do {
            let template = try LiquidTemplate(parsing: text)
            for filter in template.unknownFilters {
                warn(path, "the filter '\(filter)' does not exist and changes nothing")
            }
            for fault in template.zoneFaults { noteLate(path, fault) }
            if template.hasOpenText {
                warn(
                    path,
                    "a text has no closing quote: it ends with its tag and loses its last character, as in Segment"
                )
            }
            return .liquid(template, at: JSONPointer.text(path))
        } catch {
            return fail(path, "\(error)")
        }
    }
}

extension MappingCompiler {
    /// The options of a directive: an object of these members and no directive.
    private mutating func options(_ argument: JSONValue, _ names: [String], at path: [String]) -> JSONObject? {
        guard case .object(let object) = argument else {
            fail(path, "must be an object with \(names.joined(separator: ", ")), not \(argument.kindName)")
            return nil
        }
        guard !isDirective(object) else {
            fail(path, "must have \(names.joined(separator: ", ")) itself, not a directive that gives them")
            return nil
        }
        for key in object.keys where !names.contains(key) && key != Self.metadataKey {
            fail(path + [key], "is not an option here; " + NearestMatch.hint(for: key, in: names, quote: ""))
        }
        return object
    }

    private mutating func textOrDirective(_ value: JSONValue, at path: [String]) -> MappingNode? {
        if case .string = value { return .constant(value) }
        if case .object(let object) = value, isDirective(object) { return node(value, at: path) }
        fail(path, "must be a text or a directive, not \(value.kindName)")
        return nil
    }

    private mutating func text(
        _ options: JSONObject,
        _ name: String,
        lengths: ClosedRange<Int>,
        isRequired: Bool,
        at path: [String]
    ) -> String? {
        guard let value = options[name] else {
            if isRequired { fail(path, "needs '\(name)'") }
            return nil
        }
        guard case .string(let text) = value else {
            fail(path + [name], "must be a text, not \(value.kindName)")
            return nil
        }
        guard lengths.contains(text.utf16.count) else {
            fail(
                path + [name],
                "must have \(lengths.lowerBound) to \(lengths.upperBound) characters, not \(text.utf16.count)"
            )
            return nil
        }
        return text
    }

    private mutating func flag(_ options: JSONObject, _ name: String, at path: [String]) -> Bool? {
        guard let value = options[name] else { return nil }
        guard case .bool(let flag) = value else {
            fail(path + [name], "must be true or false, not \(value.kindName)")
            return nil
        }
        return flag
    }
}
