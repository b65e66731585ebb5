import JSON

/// An event whose members are the entry's fields, one by one.
///
/// - `traits`, `properties`, `context` and `integrations` are JSON; empty or `null`, they are left out.
/// - A field `traits.address.city` (a mapper that flattens objects, as Spring Data's) is put back into its object; `[0]` in its name is an element
///   of a list.
/// - Where the field `type` is a text in quotes, all fields are JSON (a mapper that writes each as JSON): their quotes are taken off.
/// - All others are texts.
///
/// Of fields with one name the first counts.
struct FlatFields {
    /// Steps of a field's name; with more, it is a name like any other.
    static let stepsMax = 16

    private var root = Branch()
    private let holdsJSON: Bool

    static func object(_ fields: [EntryDecoder.Field]) throws(EntryError) -> JSONObject {
        var flat = FlatFields(fields)
        for field in fields { try flat.add(field) }
        return flat.root.object
    }

    private init(_ fields: [EntryDecoder.Field]) {
        let type = fields.first { $0.name.elementsEqual("type".utf8) }?.value ?? []
        holdsJSON = type.count > 2 && type.first == UInt8(ascii: "\"") && type.last == UInt8(ascii: "\"")
    }

    private mutating func add(_ field: EntryDecoder.Field) throws(EntryError) {
        guard let name = String(validating: field.name, as: UTF8.self) else {
            throw .notUTF8(field: String(decoding: field.name, as: UTF8.self))
        }
        guard root.isNew(name) else { return }
        if EntryDecoder.jsonFieldNames.contains(name) {
            if field.value.isEmpty || field.value.elementsEqual("null".utf8) {
                root.leaveOut(name)
            } else {
                root.set(.object(try EntryDecoder.parse(field)), at: [name])
            }
            return
        }
        root.set(try value(field, name: name), at: Self.steps(of: name))
    }

    private func value(_ field: EntryDecoder.Field, name: String) throws(EntryError) -> JSONValue {
        if holdsJSON, let value = try? JSONParser.parse(field.value) { return value }
        guard let text = String(validating: field.value, as: UTF8.self) else { throw .notUTF8(field: name) }
        return .string(text)
    }

    private static func steps(of name: String) -> [String] {
        guard EntryDecoder.jsonFieldNames.contains(where: { name.utf8.starts(with: "\($0).".utf8) }) else {
            return [name]
        }
        let steps = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return steps.count > stepsMax || steps.contains("") ? [name] : steps
    }

    /// Objects while they are put together: by reference, so that a field costs its own length whatever is there already.
    private final class Branch {
        private var members = JSONObject()
        private var branches: [UTF8Key: Branch] = [:]
        /// The names of members and branches in their order, and those that were left out.
        private var names: [String] = []
        private var seen: Set<UTF8Key> = []

        func isNew(_ name: String) -> Bool { !seen.contains(UTF8Key(name)) }

        func leaveOut(_ name: String) { seen.insert(UTF8Key(name)) }

        func set(_ value: JSONValue, at steps: [String]) {
            var branch = self
            for step in steps.dropLast() {
                guard let next = branch.branch(step) else { return }
                branch = next
            }
            guard let last = steps.last, branch.seen.insert(UTF8Key(last)).inserted else { return }
            branch.names.append(last)
            branch.members[last] = value
        }

        /// The object of a name; nil where the name stands for something else.
        private func branch(_ name: String) -> Branch? {
            if let branch = branches[UTF8Key(name)] { return branch }
            let branch = Branch()
            if seen.insert(UTF8Key(name)).inserted {
                names.append(name)
            } else if case .object(let object)? = members[name] {
                // Given as JSON, and in parts beside it: what was said first stays.
                for (key, value) in object { branch.set(value, at: [key]) }
                members[name] = nil
            } else {
                return nil
            }
            branches[UTF8Key(name)] = branch
            return branch
        }

        var object: JSONObject {
            JSONObject(
                names.compactMap { name in (branches[UTF8Key(name)]?.value ?? members[name]).map { (name, $0) } }
            )
        }

        /// A list where all names are `[0]`, `[1]` and so on.
        private var value: JSONValue {
            var elements: [JSONValue] = []
            for index in names.indices {
                guard let element = branches[UTF8Key("[\(index)]")]?.value ?? members["[\(index)]"] else {
                    return .object(object)
                }
                elements.append(element)
            }
            return names.isEmpty ? .object(JSONObject()) : .array(elements)
        }
    }
}
