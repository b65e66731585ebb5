import Destination
import JSON
package import Loops
import Segment
import Support

/// Something that a mapping names and Loops does not have, or has with another type.
package struct AccountFinding: Sendable, Equatable {
    package let name: AccountName
    /// What is wrong, and what comes of it.
    package let text: String
    package let advice: String

    /// Nil when Loops has what is named.
    init?(_ name: AccountName, in account: LoopsAccount) {
        self.name = name
        let mapping = "mapping '\(name.mapping)'"
        switch name.kind {
        case .contactProperty:
            guard let type = account.properties[name.name] else {
                text =
                    "\(mapping) sends the contact property '\(name.name)', which Loops does not have: it drops the value without a word"
                let nearest = account.property(like: name.name)
                let question = nearest.map { "Did you mean '\($0)'? If not, make" } ?? "Make"
                advice = "\(question) it in Loops, or with 'loops-bridge check --connect --create-missing'."
                return
            }
            guard let type, let literal = name.literal, !type.takes(literal) else { return nil }
            text =
                "\(mapping) sends \(literal.jsonText) as the contact property '\(name.name)', which is a \(type.rawValue) at Loops"
            advice = "Send a \(type.rawValue)."
        case .mailingList:
            if account.lists[name.name] != nil { return nil }
            text = "\(mapping) names the mailing list '\(name.name)', which Loops does not have"
            // Somebody wrote the list's name in place of its ID.
            let named = account.lists.first { $0.value.lowercased() == name.name.lowercased() }?.key
            let nearest = named ?? NearestMatch.nearest(to: name.name, in: account.lists.keys.sorted())
            advice =
                nearest.map { "Did you mean '\($0)' (\(account.lists[$0] ?? ""))?" }
                ?? "Take the ID from Loops' settings of the list."
        }
    }
}

extension LoopsAccount {
    /// The property that a name of none is probably a misspelling of; nil when it resembles none.
    package func property(like name: String) -> String? {
        NearestMatch.nearest(to: name, in: properties.keys.sorted())
    }
}

extension Destination {
    /// What its mappings name and Loops does not have, in their order.
    package func findings(in account: LoopsAccount) -> [AccountFinding] {
        accountNames.compactMap { AccountFinding($0, in: account) }
    }
}
