import JSON
import Loops
import Segment
import Support

/// Turns a mappings file into mappings, and collects every fault on the way.
///
/// The file is an object with `mappings`, or an array of mappings; a mapping is in this bridge's form or in the one that
/// Segment exports (`partnerAction`, `subscribe`).
struct MappingsFileReader: DocumentReader {
    var faults: [MappingsFileFaults.Fault] = []
    private(set) var warnings: [String] = []
    let document: MappingsDocument

    init(_ document: MappingsDocument) {
        self.document = document
    }

    mutating func mappings() -> [DestinationMapping] {
        let (elements, path) = list()
        if elements.isEmpty, faults.isEmpty { fail(path, "there are no mappings") }
        if elements.count > Destination.mappingsMax {
            fail(path, "\(DestinationError.tooManyMappings(elements.count))")
        }
        var names: Set<String> = []
        return elements.enumerated().compactMap { index, element in
            let place = "\(path)/\(index)"
            guard case .object(let object) = element else {
                fail(place, "must be an object, not \(kind(element))")
                return nil
            }
            let isExport = object["partnerAction"] != nil || object["subscribe"] != nil
            return mapping(object, at: place, isExport: isExport, index: index, names: &names)
        }
    }

    private mutating func list() -> ([JSONValue], String) {
        switch document.root {
        case .array(let elements): return (elements, "")
        case .object(let object):
            knownKeys(of: object, [MappingKey.list], at: "")
            guard case .array(let elements)? = object["mappings"] else {
                fail("/mappings", "must be a list of mappings")
                return ([], "/mappings")
            }
            return (elements, "/mappings")
        default:
            fail("", "must be an object with 'mappings', or a list of mappings")
            return ([], "")
        }
    }

    private mutating func mapping(
        _ object: JSONObject,
        at path: String,
        isExport: Bool,
        index: Int,
        names: inout Set<String>
    ) -> DestinationMapping? {
        let count = faults.count
        let actionKey = isExport ? "partnerAction" : "action"
        let triggerKey = isExport ? "subscribe" : "trigger"
        knownKeys(of: object, MappingKey.known(isExport: isExport).map(\.rawValue), at: path)
        let action = action(object, actionKey, at: path)
        let trigger = text(object, triggerKey, at: path)
        if let trigger { check(trigger: trigger, at: "\(path)/\(triggerKey)") }
        let usesDefaults = flag(object, "useDefaults", at: path) ?? true
        let isEnabled = flag(object, "enabled", at: path) ?? true
        let priority = integer(object, "priority", at: path)
        let maxAge = age(object, "maxAge", at: path)
        let latePolicy = choice(object, "whenTooOld", LatePolicy.self, at: path)
        if latePolicy != nil, object["maxAge"] == nil, let action, action.traits.defaultMaxAge == nil {
            fail("\(path)/whenTooOld", "needs 'maxAge' beside it")
        }
        if let action, trigger == nil, object[triggerKey] == nil, action.traits.defaultTrigger == nil {
            fail(path, "\(DestinationError.noTrigger(action))")
        }
        let options = options(object["options"], at: "\(path)/options")
        if let action, !options.isOff, !action.traits.appliesContentOptions {
            warn("\(path)/options", "has no effect: \(action.rawValue) sends its fields as they are")
        }
        let fields = object["mapping"]
        if let fields {
            check(fields: fields, of: action, fillsDefaults: usesDefaults && !isExport, at: "\(path)/mapping")
        } else if let action {
            for field in missing(from: [:], of: action, fillsDefaults: true) {
                fail(path, "needs 'mapping' with '\(field)', which \(action.rawValue) requires")
            }
        }
        let name = unique(text(object, "name", at: path) ?? action?.rawValue ?? "mapping", at: path, among: &names)
        guard faults.count == count, let action else { return nil }
        do throws(DestinationError) {
            return try DestinationMapping(
                name: name,
                action: action,
                trigger: trigger,
                fields: fields,
                usesDefaults: usesDefaults && !isExport,
                isEnabled: isEnabled,
                priority: priority,
                maxAge: maxAge,
                latePolicy: latePolicy ?? .deadLetter,
                options: options
            )
        } catch {
            fail(path, "\(error)")
            return nil
        }
    }

    private mutating func action(_ object: JSONObject, _ key: String, at path: String) -> LoopsAction? {
        guard let name = text(object, key, at: path) else {
            if object[key] == nil { fail(path, "needs '\(key)', one of \(Self.actionNames.joined(separator: ", "))") }
            return nil
        }
        if let action = LoopsAction(rawValue: name) { return action }
        fail("\(path)/\(key)", "'\(name)' is not an action; " + NearestMatch.hint(for: name, in: Self.actionNames))
        return nil
    }

    private static let actionNames = LoopsAction.allCases.map(\.rawValue)

    /// Requests carry the mapping's name in their idempotency keys, so that no two may share one.
    private mutating func unique(_ name: String, at path: String, among names: inout Set<String>) -> String {
        var unique = name
        var number = 2
        while !names.insert(unique).inserted {
            unique = "\(name) \(number)"
            number += 1
        }
        if unique != name { warn(path, "another mapping is named '\(name)'; this one is called '\(unique)'") }
        return unique
    }
}

extension MappingsFileReader {
    private mutating func check(trigger: String, at path: String) {
        do throws(TriggerError) {
            for warning in try Trigger(parsing: trigger).warnings { warn(path, warning) }
        } catch {
            fail(path, "\(error)")
        }
    }

    private mutating func check(fields: JSONValue, of action: LoopsAction?, fillsDefaults: Bool, at path: String) {
        guard case .object(let object) = fields else {
            fail(path, "must be an object of fields, not \(kind(fields))")
            return
        }
        if let action, !object.contains(where: { $0.key.hasPrefix("@") }) {
            let known = action.traits.fields.map(\.name)
            for name in object.keys where !known.contains(name) && name != EventMapping.rootDirectiveKey {
                fail(
                    "\(path)/\(JSONPointer.escaped(name))",
                    "is not a field of \(action.rawValue); " + NearestMatch.hint(for: name, in: known)
                )
            }
            if object[EventMapping.rootDirectiveKey] == nil {
                for field in missing(from: object, of: action, fillsDefaults: fillsDefaults) {
                    fail(path, "needs '\(field)', which \(action.rawValue) requires")
                }
            }
        }
        do throws(MappingErrors) {
            let mapping = try EventMapping(compiling: fields)
            for fault in mapping.lateFaults { fail(path + fault.path, fault.reason) }
            for warning in mapping.warnings { warn(path, warning) }
        } catch {
            for fault in error.faults { fail(path + fault.path, fault.reason) }
        }
    }

    /// The required fields that get no value.
    private func missing(from fields: JSONObject, of action: LoopsAction, fillsDefaults: Bool) -> [String] {
        let traits = action.traits
        return traits.fields.filter { $0.isRequired }.map(\.name).filter { name in
            fields[name] == nil && !(fillsDefaults && traits.defaultMapping[name] != nil)
        }
    }

    private mutating func options(_ value: JSONValue?, at path: String) -> ContentOptions {
        guard let value else { return ContentOptions() }
        guard case .object(let object) = value else {
            fail(path, "must be an object, not \(kind(value))")
            return ContentOptions()
        }
        knownKeys(of: object, OptionKey.allCases.map(\.rawValue), at: path)
        var options = ContentOptions()
        if let nested = choice(object, "nested", ContentOptions.Nested.self, at: path) { options.nested = nested }
        if let text = choice(object, "longText", ContentOptions.LongText.self, at: path) { options.longText = text }
        options.dropsReservedNames = flag(object, "dropReserved", at: path) ?? false
        if let allow = object["allow"] {
            let names = allow.arrayValue?.compactMap(\.stringValue) ?? []
            if allow.arrayValue.map({ $0.count == names.count }) ?? false {
                options.allowedProperties = Set(names)
            } else {
                fail("\(path)/allow", "must be a list of property names")
            }
        }
        return options
    }
}

extension MappingsFileReader {
    private mutating func integer(_ object: JSONObject, _ key: String, at path: String) -> Int? {
        guard let value = object[key] else { return nil }
        let range = MappingKey.priorities
        if let number = value.integerValue, range.contains(number) { return Int(number) }
        fail("\(path)/\(key)", "must be an integer from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    private mutating func age(_ object: JSONObject, _ key: String, at path: String) -> Duration? {
        guard let value = object[key] else { return nil }
        if let age = value.stringValue.flatMap(Duration.init(withUnit:)) { return age }
        fail("\(path)/\(key)", "must be a time with its unit, like 90s, 5m, 6h or 2d")
        return nil
    }

    private mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ object: JSONObject,
        _ key: String,
        _: Choice.Type,
        at path: String
    ) -> Choice? {
        guard let value = object[key] else { return nil }
        if let choice = value.stringValue.flatMap(Choice.init) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        fail("\(path)/\(key)", "must be one of \(known), not \(value.stringValue ?? kind(value))")
        return nil
    }

    private mutating func warn(_ path: String, _ reason: String) {
        warnings.append("line \(document.line(of: path)): \(path): \(reason)")
    }
}
