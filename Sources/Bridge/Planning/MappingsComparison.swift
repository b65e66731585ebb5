package import Destination
package import JSON
import Loops

/// What two sets of mappings make of the same events, where they differ. A value: events go in, changes come out.
package struct MappingsComparison: Sendable {
    /// What differs for one event and one mapping.
    package struct Change: Sendable, Equatable {
        /// A closed set.
        package enum Kind: String, Sendable, CaseIterable {
            /// A request that was not made before.
            case added
            /// A request that is not made any more.
            case removed
            /// Another request.
            case changed
            /// It was delivered, or nothing was sent, and would be dead-lettered.
            case broken
            /// It was dead-lettered, and would not be.
            case mended
        }

        package let mapping: String
        package let kind: Kind
        /// Where the requests differ.
        package let differences: [JSONDifference]
        /// Why it would be dead-lettered.
        package let fault: String?
    }

    private enum Fate {
        case request(LoopsRequest)
        case fault(String)
    }

    private let old: CurrentDestination.Rules
    private let new: CurrentDestination.Rules
    /// Events that were looked at, and those of them for which something differs.
    package private(set) var events = 0
    package private(set) var changed = 0
    package private(set) var counts: [Change.Kind: Int] = [:]

    package init(old: Destination, new: Destination) {
        self.old = CurrentDestination.Rules(old)
        self.new = CurrentDestination.Rules(new)
    }

    package mutating func take(_ event: JSONValue) -> [Change] {
        let (before, after) = (Self.fates(old, event), Self.fates(new, event))
        let names = before.names + after.names.filter { before.fates[$0] == nil }
        let changes = names.compactMap { Self.change($0, before.fates[$0], after.fates[$0]) }
        events += 1
        if !changes.isEmpty { changed += 1 }
        for change in changes { counts[change.kind, default: 0] += 1 }
        return changes
    }

    private static func fates(_ rules: CurrentDestination.Rules, _ event: JSONValue) -> (
        names: [String], fates: [String: Fate]
    ) {
        var names: [String] = []
        var fates: [String: Fate] = [:]
        for (name, result) in zip(rules.identities, rules.destination.results(for: event)) {
            switch result.outcome {
            case .notMatched: continue
            case .request(let request): fates[name] = .request(request)
            case .invalid(let faults): fates[name] = .fault("\(faults)")
            case .mappingFailed(let error): fates[name] = .fault("\(error)")
            }
            names.append(name)
        }
        return (names, fates)
    }

    private static func change(_ name: String, _ old: Fate?, _ new: Fate?) -> Change? {
        switch (old, new) {
        case (nil, nil), (.fault, .fault): nil
        case (_, .fault(let fault)): Change(mapping: name, kind: .broken, differences: [], fault: fault)
        case (.fault, _): Change(mapping: name, kind: .mended, differences: [], fault: nil)
        case (nil, .request): Change(mapping: name, kind: .added, differences: [], fault: nil)
        case (.request, nil): Change(mapping: name, kind: .removed, differences: [], fault: nil)
        case (.request(let old), .request(let new)): change(name, old, new)
        }
    }

    private static func change(_ name: String, _ old: LoopsRequest, _ new: LoopsRequest) -> Change? {
        let differences = JSONDifference.differences(json(old), json(new))
        return differences.isEmpty
            ? nil : Change(mapping: name, kind: .changed, differences: differences, fault: nil)
    }

    private static func json(_ request: LoopsRequest) -> JSONValue {
        ["operation": .string(request.operation.rawValue), "body": .object(request.body)]
    }
}
