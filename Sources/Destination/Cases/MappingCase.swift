package import JSON
import Loops

/// A case that a user wrote beside the mappings: an event, and what is to come out of it.
package struct MappingCase: Sendable, Equatable {
    /// What one of the mappings that match is to give. Nil says nothing about that side.
    package struct Outcome: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case request(method: String?, path: String, body: JSONObject)
            /// By field the keyword of its fault: `required`, `type` or `format`. All of them, and no others.
            case fields([String: String])
            /// Validation fails, however.
            case invalid
            /// The mapping meets something that it cannot work with.
            case mappingFailed
        }

        package let mapping: String?
        package let kind: Kind
    }

    package let name: String
    /// Where the case begins in its file, 1-based.
    package let line: Int
    package let event: JSONValue
    /// One for each mapping that matches, in the order of the mappings; empty where the event is to be ignored.
    package let expected: [Outcome]

    /// How what the mappings make of the event differs from what is expected; empty when the case passes.
    package func differences(by destination: Destination) -> [JSONDifference] {
        let results = destination.results(for: event).filter { !$0.isIgnored }
        let found = results.enumerated().map { index, result in
            result.json(asExpectedBy: index < expected.count ? expected[index] : nil)
        }
        return JSONDifference.differences(.array(expected.map(\.json)), .array(found))
    }
}

extension MappingCase.Outcome {
    fileprivate var json: JSONValue {
        var json: JSONObject = [:]
        if let mapping { json["mapping"] = .string(mapping) }
        switch kind {
        case .request(let method, let path, let body):
            var request: JSONObject = ["path": .string(path), "body": .object(body)]
            if let method { request["method"] = .string(method) }
            json["request"] = .object(request)
        case .fields(let fields):
            json["error"] = .object(
                JSONObject(fields.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
            )
        case .invalid: json["error"] = "invalid"
        case .mappingFailed: json["error"] = "mapping"
        }
        return .object(json)
    }
}

extension MappingResult {
    fileprivate var isIgnored: Bool { if case .notMatched = outcome { true } else { false } }

    /// The result in the words of the file, without what the expectation says nothing about.
    fileprivate func json(asExpectedBy expected: MappingCase.Outcome?) -> JSONValue {
        var json: JSONObject = [:]
        if expected == nil || expected?.mapping != nil { json["mapping"] = .string(mapping) }
        switch outcome {
        case .notMatched: break
        case .request(let request):
            var members: JSONObject = ["path": .string(request.path), "body": .object(request.body)]
            if case .request(.some, _, _)? = expected?.kind { members["method"] = .string(request.method) }
            json["request"] = .object(members)
        case .invalid(let faults):
            if expected?.kind == .invalid {
                json["error"] = "invalid"
            } else {
                var fields: JSONObject = [:]
                for fault in faults.faults { fields[fault.field] = .string(fault.keyword.rawValue) }
                json["error"] = .object(fields)
            }
        case .mappingFailed(let error):
            json["error"] = expected?.kind == .mappingFailed ? "mapping" : .string("mapping: \(error)")
        }
        return .object(json)
    }
}

extension FieldError {
    /// The name of the field; empty for the whole.
    fileprivate var field: String { params["missingProperty"]?.stringValue ?? String(path.dropFirst()) }
}
