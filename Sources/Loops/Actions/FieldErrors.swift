package import JSON

/// Everything that makes an event's fields unfit for their action. The same event always fails again.
package struct FieldErrors: Error, Equatable, Sendable, CustomStringConvertible {
    package let faults: [FieldError]

    package init(faults: [FieldError]) {
        self.faults = faults
    }

    package var description: String { faults.map(\.description).joined(separator: "; ") }
}

/// One fault, in the words of JSON Schema as Segment reports it.
package struct FieldError: Equatable, Sendable, CustomStringConvertible {
    package enum Keyword: String, Equatable, Sendable, CaseIterable {
        case required
        case type
        case format
        /// Only of attachments, all together, in bytes.
        case maxLength
    }

    /// A JSON pointer to the field, as `/email`; empty when a field is missing.
    package let path: String
    package let keyword: Keyword
    /// The schema's side: `missingProperty`, `type`, `format` or `limit`.
    package let params: JSONObject

    package init(path: String, keyword: Keyword, params: JSONObject) {
        self.path = path
        self.keyword = keyword
        self.params = params
    }

    package var description: String {
        switch keyword {
        case .required:
            "\(path.isEmpty ? "" : "\(path)/")\(params["missingProperty"]?.stringValue ?? "a field") is missing or empty"
        case .type: "\(path) cannot be taken for \(params["type"]?.jsonText ?? "the type that it must have")"
        case .format: "\(path) does not look like \(params["format"]?.jsonText ?? "the format that it must have")"
        case .maxLength: "\(path) is longer than \(params["limit"]?.jsonText ?? "it may be") bytes"
        }
    }
}
