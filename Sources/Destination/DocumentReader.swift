import JSON
import Segment
import Support

/// Reads a file that people wrote, and collects every fault on the way instead of stopping at the first.
protocol DocumentReader {
    var document: MappingsDocument { get }
    var faults: [MappingsFileFaults.Fault] { get set }
}

extension DocumentReader {
    mutating func knownKeys(of object: JSONObject, _ known: [String], at path: String) {
        for key in object.keys where !known.contains(key) {
            fail(
                "\(path)/\(JSONPointer.escaped(key))",
                "is not known here; " + NearestMatch.hint(for: key, in: known)
            )
        }
    }

    mutating func text(_ object: JSONObject, _ key: String, at path: String) -> String? {
        guard let value = object[key] else { return nil }
        if let text = value.stringValue, !text.isEmpty { return text }
        fail("\(path)/\(key)", value.stringValue == nil ? "must be a text, not \(kind(value))" : "must not be empty")
        return nil
    }

    mutating func flag(_ object: JSONObject, _ key: String, at path: String) -> Bool? {
        guard let value = object[key] else { return nil }
        if let flag = value.boolValue { return flag }
        fail("\(path)/\(key)", "must be true or false, not \(kind(value))")
        return nil
    }

    mutating func fail(_ path: String, _ reason: String) {
        faults.append(MappingsFileFaults.Fault(line: document.line(of: path), path: path, reason: reason))
    }

    func kind(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "a truth value"
        case .int, .uint, .double: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
