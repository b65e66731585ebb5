import JSON
package import Loops

/// What requests name that Loops does not have, counted by name.
///
/// A value. Names come from events, so they are bounded: the first ``mostNames`` of each kind are told apart, and the others counted together.
package struct AccountUse: Sendable, Equatable {
    package static let mostNames = 100
    /// The longest name that is told apart, in bytes.
    package static let maxNameBytes = 128

    /// What the team has; nil until Loops has said it.
    package private(set) var account: LoopsAccount?
    /// When Loops said it, in seconds since 1970.
    package private(set) var checkedAt: Double?
    /// Why Loops could not be asked the last time; nil when it could.
    package private(set) var problem: String?
    package private(set) var unknownProperties: [String: Int] = [:]
    package private(set) var differingTypes: [String: Int] = [:]
    package private(set) var unknownLists: [String: Int] = [:]
    /// Uses whose name was not kept.
    package private(set) var uncounted = 0

    package init() {}

    mutating func learned(_ account: LoopsAccount, at seconds: Double) {
        // What was made since is not unknown any more.
        for name in account.properties.keys { unknownProperties[name] = nil }
        for id in account.lists.keys { unknownLists[id] = nil }
        self.account = account
        checkedAt = seconds
        problem = nil
    }

    mutating func failed(_ why: String) { problem = why }

    /// Takes what one request names.
    mutating func count(_ request: LoopsRequest) {
        guard let account, request.operation.traits.contactPropertiesField != nil else { return }
        for (name, value) in request.body {
            if name == "mailingLists" {
                for (id, _) in value.objectValue ?? [:] where account.lists[id] == nil {
                    Self.count(id, in: &unknownLists, &uncounted)
                }
            } else if !ContentOptions.ownNames.contains(name) {
                guard let type = account.properties[name] else {
                    Self.count(name, in: &unknownProperties, &uncounted)
                    continue
                }
                if let type, !type.takes(value) { Self.count(name, in: &differingTypes, &uncounted) }
            }
        }
    }

    private static func count(_ name: String, in names: inout [String: Int], _ uncounted: inout Int) {
        let isKept = names[name] != nil || names.count < mostNames && name.utf8.count <= maxNameBytes
        if isKept { names[name, default: 0] += 1 } else { uncounted += 1 }
    }
}
