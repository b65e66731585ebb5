import JSON
import Loops

/// Turns a file of cases into cases, and collects every fault on the way.
struct MappingCasesReader: DocumentReader {
    let document: MappingsDocument
    var faults: [MappingsFileFaults.Fault] = []

    init(_ document: MappingsDocument) {
        self.document = document
    }

    mutating func cases() -> (mappings: String?, cases: [MappingCase]) {
        guard case .object(let object) = document.root else {
            fail("", "must be an object with 'cases', not \(kind(document.root))")
            return (nil, [])
        }
        knownKeys(of: object, CaseKey.ofFile.map(\.rawValue), at: "")
        let mappings = text(object, "mappings", at: "")
        guard case .array(let elements)? = object["cases"] else {
            fail("/cases", "must be a list of cases")
            return (mappings, [])
        }
        if elements.isEmpty { fail("/cases", "there are no cases") }
        return (mappings, elements.enumerated().compactMap { testCase($1, number: $0 + 1, at: "/cases/\($0)") })
    }

    private mutating func testCase(_ element: JSONValue, number: Int, at path: String) -> MappingCase? {
        guard case .object(let object) = element else {
            fail(path, "must be an object, not \(kind(element))")
            return nil
        }
        knownKeys(of: object, CaseKey.ofCase.map(\.rawValue), at: path)
        let name = text(object, "name", at: path) ?? "case \(number)"
        let expected = expectations(object["expect"], at: "\(path)/expect")
        guard let event = object["event"], case .object = event else {
            fail("\(path)/event", "must be an event, as {type: track, userId: u1, event: Signed Up}")
            return nil
        }
        return MappingCase(name: name, line: document.line(of: path), event: event, expected: expected)
    }

    private mutating func expectations(_ value: JSONValue?, at path: String) -> [MappingCase.Outcome] {
        switch value {
        case .string("ignored")?: return []
        case .array(let elements)?:
            return elements.enumerated().compactMap { expectation($1, at: "\(path)/\($0)") }
        case .object?: return [value.flatMap { expectation($0, at: path) }].compactMap(\.self)
        default:
            fail(path, "must be 'ignored', or a list with 'request' or 'error' for each mapping that matches")
            return []
        }
    }

    private mutating func expectation(_ element: JSONValue, at path: String) -> MappingCase.Outcome? {
        guard case .object(let object) = element else {
            fail(path, "must be an object with 'request' or 'error', not \(kind(element))")
            return nil
        }
        knownKeys(of: object, CaseKey.ofExpectation.map(\.rawValue), at: path)
        let mapping = text(object, "mapping", at: path)
        let outcome: MappingCase.Outcome.Kind?
        switch (object["request"], object["error"]) {
        case (let value?, .none): outcome = request(value, at: "\(path)/request")
        case (.none, let value?): outcome = error(value, at: "\(path)/error")
        default:
            fail(path, "needs either 'request' or 'error'")
            outcome = nil
        }
        return outcome.map { MappingCase.Outcome(mapping: mapping, kind: $0) }
    }

    private mutating func request(_ value: JSONValue, at path: String) -> MappingCase.Outcome.Kind? {
        guard case .object(let object) = value else {
            fail(path, "must be an object with 'path' and 'body', not \(kind(value))")
            return nil
        }
        knownKeys(of: object, CaseKey.ofRequest.map(\.rawValue), at: path)
        let method = text(object, "method", at: path)
        let address = text(object, "path", at: path)
        let paths = LoopsAction.allCases.map(\.traits.path)
        if object["path"] == nil { fail(path, "needs 'path', one of \(paths.joined(separator: ", "))") }
        if let address, !paths.contains(address) {
            fail("\(path)/path", "'\(address)' is none of \(paths.joined(separator: ", "))")
        }
        guard let body = object["body"]?.objectValue else {
            fail("\(path)/body", "must be the body that is expected, an object")
            return nil
        }
        return address.map { .request(method: method, path: $0, body: body) }
    }

    private mutating func error(_ value: JSONValue, at path: String) -> MappingCase.Outcome.Kind? {
        switch value {
        case .string("invalid"): return .invalid
        case .string("mapping"): return .mappingFailed
        case .object(let object) where !object.isEmpty:
            var fields: [String: String] = [:]
            for (name, keyword) in object {
                let keywords = FieldError.Keyword.allCases.map(\.rawValue)
                if let keyword = keyword.stringValue, keywords.contains(keyword) {
                    fields[name] = keyword
                } else {
                    fail(
                        "\(path)/\(JSONPointer.escaped(name))",
                        "must be one of \(keywords.joined(separator: ", "))"
                    )
                }
            }
            return .fields(fields)
        default:
            fail(path, "must be 'invalid', 'mapping', or fields with their faults, as {userId: required}")
            return nil
        }
    }
}
