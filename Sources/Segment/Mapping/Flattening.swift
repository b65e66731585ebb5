import JSON

/// `@flatten`: the leaves of a value under the names of their way there.
struct Flattening {
    let separator: String
    let omitsArrays: Bool
    private(set) var result = JSONObject()
    private var nameBytes = 0

    init(separator: String, omitsArrays: Bool) {
        self.separator = separator
        self.omitsArrays = omitsArrays
    }

    /// - Throws: ``ResultTooLong`` when the names alone are longer than a result may be.
    mutating func add(_ value: JSONValue, under prefix: String) throws(ResultTooLong) {
        switch value {
        case .object(let object):
            // JavaScript's order of keys decides here: the joined names have no order of their own.
            for (key, value) in object.inJavaScriptKeyOrder { try add(value, under: name(key, behind: prefix)) }
        case .array(let elements) where !omitsArrays:
            for (index, value) in elements.enumerated() { try add(value, under: name("\(index)", behind: prefix)) }
        default: result[prefix] = value
        }
    }

    private mutating func name(_ key: String, behind prefix: String) throws(ResultTooLong) -> String {
        let name = prefix.isEmpty ? key : prefix + separator + key
        nameBytes += name.utf8.count
        try ResultTooLong.check(nameBytes)
        return name
    }
}
