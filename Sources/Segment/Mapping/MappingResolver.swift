import JSON

/// Resolves a compiled mapping against one payload: the event, or what a `@transform` or `@arrayPath` made of it.
struct MappingResolver {
    /// Whether an undefined member may be anywhere in what was made so far.
    private var hasUndefined = false

    /// The value as JSON has it; nil for `undefined`.
    mutating func resolveRoot(
        _ root: MappingNode,
        _ event: JSONValue,
        keepsUndefinedElements: Bool
    ) throws(MappingError) -> JSONValue? {
        var payload: JSONValue? = event
        guard case .object(let members) = root else {
            let value = try resolve(root, &payload)
            return cleaned(value)?.withoutPrototypes()
        }
        var object = JSONObject()
        for member in members {
            guard let value = try resolve(member.node, &payload) else { continue }
            if hasUndefined, keepsUndefinedElements, case .array(let elements) = value {
                object[member.key] = .array(elements.map { $0.isUndefinedMember ? $0 : $0.withoutUndefined() })
            } else {
                object[member.key] = cleaned(value)
            }
        }
        return JSONValue.object(object).withoutPrototypes()
    }

    /// Call it on what is resolved already: as an argument's part the resolution would come too late for `hasUndefined`.
    private func cleaned(_ value: JSONValue?) -> JSONValue? {
        hasUndefined ? value?.withoutUndefined() : value
    }

    private mutating func resolve(_ node: MappingNode, _ payload: inout JSONValue?) throws(MappingError) -> JSONValue? {
        switch node {
        case .constant(let value): return value
        case .undefined: return nil
        case .path(let path): return path.value(in: payload)
        case .template(let template, let place): return .string(try render(template, at: place, payload))
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = stored(try resolve(member.node, &payload)) }
            return .object(object)
        case .array(let nodes):
            var elements: [JSONValue] = []
            for node in nodes { elements.append(stored(try resolve(node, &payload))) }
            return .array(elements)
        case .choice(let choice): return try resolve(choice, &payload)
        case .computed(let kind, let argument, let place): return try computed(kind, argument, at: place, &payload)
        case .changeCase(let isUpper, let node):
            let value = try resolve(node, &payload)
            guard case .string(let text)? = value else { return value }
            return .string((isUpper ? LiquidText(text).uppercased : LiquidText(text).lowercased).string)
        case .replace(let replacements, let node, let place):
            return try replaced(replacements, node, at: place, &payload)
        case .items(let node, let shape): return try items(node, shape, &payload)
        case .merge(let nodes, let laterWins): return try merged(nodes, laterWins: laterWins, &payload)
        case .encode(let node):
            let value = try resolve(node, &payload)
            return cleaned(value).map { value in
                .string(
                    String(decoding: value.serialized(javaScriptKeyOrder: true, javaScriptNumbers: true), as: UTF8.self)
                )
            }
        case .decode(let node):
            let value = try resolve(node, &payload)
            guard case .string(let text)? = value else { return value }
            return (try? JSONParser.parse(text)) ?? value
        case .flatten(let node, let separator, let omitsArrays, let place):
            let value = try resolve(node, &payload)
            var flattening = Flattening(separator: separator, omitsArrays: omitsArrays)
            do throws(ResultTooLong) {
                try flattening.add(stored(value), under: "")
            } catch {
                throw error.error(at: place)
            }
            return .object(flattening.result)
        case .transform(let apply, let mapping, let place):
            guard case .object? = payload else {
                throw MappingError(path: place, reason: "@transform works on an object, not on \(Self.kind(payload))")
            }
            let applied = try resolve(apply, &payload)
            var inner: JSONValue? = cleaned(applied) ?? .object(JSONObject())
            return try resolve(mapping, &inner)
        case .excludeNull(let node): return try resolve(node, &payload).flatMap(Self.withoutNulls)
        case .liquid(let template, let place):
            var event = payload ?? .null
            do {
                let text = try template.render(updating: &event)
                if payload != nil { payload = event }
                return .string(text)
            } catch {
                throw MappingError(path: place, reason: "\(error)")
            }
        case .failure(let error): throw error
        }
    }

    /// A value on its way into an object or array.
    private mutating func stored(_ value: JSONValue?) -> JSONValue {
        if let value { return value }
        hasUndefined = true
        return .undefinedMember
    }

    private static func kind(_ value: JSONValue?) -> String { value?.kindName ?? "undefined" }
}

extension MappingResolver {
    private mutating func resolve(
        _ choice: MappingNode.Choice,
        _ payload: inout JSONValue?
    ) throws(MappingError) -> JSONValue? {
        let condition = try resolve(choice.condition, &payload)
        let isMet =
            if let condition, !condition.isNull, !(choice.isForBlank && condition.isLooselyEmpty) { true } else {
                false
            }
        return try resolve(isMet ? choice.then : choice.otherwise, &payload)
    }

    private mutating func computed(
        _ kind: MappingNode.Computed,
        _ argument: MappingNode,
        at place: String,
        _ payload: inout JSONValue?
    ) throws(MappingError) -> JSONValue? {
        let value = try resolve(argument, &payload)
        guard case .string(let text)? = value else {
            throw MappingError(path: place, reason: "\(kind.rawValue) needs a text, not \(Self.kind(value))")
        }
        switch kind {
        case .path: return EventPath(mapping: text).value(in: payload)
        case .template: return .string(try render(TemplateText(text), at: place, payload))
        }
    }

    private mutating func replaced(
        _ replacements: [Replacement],
        _ node: MappingNode,
        at place: String,
        _ payload: inout JSONValue?
    ) throws(MappingError) -> JSONValue? {
        guard let value = try resolve(node, &payload) else { return "" }
        switch value {
        case .string, .bool, .int, .uint, .double: break
        case .null, .array, .object: return ""
        }
        var text = value.javaScriptText
        do throws(ResultTooLong) {
            for replacement in replacements { text = try replacement.apply(to: text) }
        } catch {
            throw error.error(at: place)
        }
        return .string(text)
    }

    private func render(
        _ template: TemplateText,
        at place: String,
        _ payload: JSONValue?
    ) throws(MappingError) -> String {
        do throws(ResultTooLong) {
            return try template.render(payload)
        } catch {
            throw error.error(at: place)
        }
    }

    private mutating func items(
        _ node: MappingNode,
        _ shape: MappingNode,
        _ payload: inout JSONValue?
    ) throws(MappingError) -> JSONValue? {
        let root = try resolve(node, &payload)
        let items: [JSONValue]
        switch root {
        case .array(let elements)?: items = elements
        case .object?: items = root.map { [$0] } ?? []
        default: return root
        }
        var shaped: [JSONValue] = []
        shaped.reserveCapacity(items.count)
        for item in items {
            var inner: JSONValue? = item.isUndefinedMember ? .none : .some(item)
            shaped.append(stored(try resolve(shape, &inner)))
        }
        return .array(shaped)
    }

    /// `Object.assign({}, …)`: members of objects, elements of arrays and units of texts under their indices.
    private mutating func merged(
        _ nodes: [MappingNode],
        laterWins: Bool,
        _ payload: inout JSONValue?
    ) throws(MappingError) -> JSONValue? {
        var sources: [JSONValue?] = []
        for node in nodes { sources.append(try resolve(node, &payload)) }
        if !laterWins { sources.reverse() }
        var merged = JSONObject()
        for source in sources {
            switch source {
            case .object(let object)?: for (key, value) in object { merged[key] = value }
            case .array(let elements)?: for (index, value) in elements.enumerated() { merged["\(index)"] = value }
            case .string(let text)?:
                for (index, unit) in text.utf16.enumerated() {
                    merged["\(index)"] = .string(String(decoding: CollectionOfOne(unit), as: UTF16.self))
                }
            case .null?, .bool?, .int?, .uint?, .double?, nil: break
            }
        }
        return .object(merged)
    }

    /// Null becomes undefined; null members of objects go, elements of arrays stay.
    private static func withoutNulls(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null: return nil
        case .object(let object):
            var kept = JSONObject()
            for (key, value) in object {
                if let value = withoutNulls(value) { kept[key] = value }
            }
            return .object(kept)
        case .bool, .int, .uint, .double, .string, .array: return value
        }
    }
}
