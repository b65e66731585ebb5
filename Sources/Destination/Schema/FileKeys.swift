// The keys of the files that people write: what the readers know, and what the schemas describe. A key that is added here does not compile before its
// schema is there.

/// The keys of a mapping.
enum MappingKey: String, CaseIterable {
    case name, enabled
    case action, trigger
    /// As Segment exports them.
    case partnerAction, subscribe
    case mapping, useDefaults, priority, maxAge, whenTooOld, options

    /// The key that has the mappings, where the file is an object.
    static let list = "mappings"
    static let priorities: ClosedRange<Int64> = -1000...1000

    /// Those of this bridge's form, or of the one that Segment exports.
    static func known(isExport: Bool) -> [MappingKey] {
        let others: [MappingKey] = isExport ? [.action, .trigger, .useDefaults] : [.partnerAction, .subscribe]
        return allCases.filter { !others.contains($0) }
    }
}

/// The keys of a mapping's options.
enum OptionKey: String, CaseIterable { case nested, longText, dropReserved, allow }

/// The keys of a file of cases.
enum CaseKey: String, CaseIterable {
    case mappings, cases
    case name, event, expect
    case mapping, request, error
    case method, path, body

    static let ofFile: [CaseKey] = [.mappings, .cases]
    static let ofCase: [CaseKey] = [.name, .event, .expect]
    static let ofExpectation: [CaseKey] = [.mapping, .request, .error]
    static let ofRequest: [CaseKey] = [.method, .path, .body]
}
