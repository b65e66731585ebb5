import JSON
import Loops
import Segment

/// A mapping whose requests are for another contact than the one in whose order they are sent.
///
/// Entries are ordered by `bridge.contactKeys`, before any mapping is looked at. Where a mapping takes the contact from elsewhere, two requests for
/// one contact may be of entries with two keys, and then nothing orders them.
package struct ContactKeyMismatch: Sendable, Equatable, CustomStringConvertible {
    /// The mapping's name.
    package let mapping: String
    /// The fields that say whose contact it is.
    package let fields: [String]
    /// Where they come from; empty when that is the same for all events.
    package let paths: [String]
    /// `bridge.contactKeys` as it should be; nil when no setting helps.
    package let contactKeys: [String]?

    package var description: String {
        let what = "mapping '\(mapping)': \(fields.joined(separator: " and "))"
        if paths.isEmpty {
            return
                "\(what) is the same for all events, which are ordered each by its own contact: take it from the event"
        }
        let from = "\(what) comes from \(paths.joined(separator: ", ")), by which its events are not ordered"
        guard let contactKeys else { return "\(from), and cannot be: the path leads through a list" }
        return "\(from); set bridge.contactKeys to \(contactKeys.joined(separator: ","))"
    }
}

extension Destination {
    /// - Parameter contactKeys: the dot paths in force, the first present wins.
    package func contactKeyMismatches(_ contactKeys: [String] = ContactKeyRule.defaultPaths) -> [ContactKeyMismatch] {
        mappings.filter(\.isEnabled).compactMap { $0.contactKeyMismatch(contactKeys) }
    }
}

extension DestinationMapping {
    /// Nil where order holds: each path that names the contact is a contact key, and none that it does not know comes before them all.
    func contactKeyMismatch(_ contactKeys: [String]) -> ContactKeyMismatch? {
        let names = action.traits.contactFields.filter { fields[$0] != nil }
        // One directive that gives all fields says nothing without an event.
        guard !names.isEmpty, wholeOrigin == nil else { return nil }
        let paths = names.reduce(into: [String]()) { paths, name in
            for path in MappingPaths.sources(of: fields[name] ?? .null) where !paths.contains(path) {
                paths.append(path)
            }
        }
        let unordered = paths.filter { !contactKeys.contains($0) }
        if unordered.isEmpty, let first = contactKeys.first, paths.contains(first) { return nil }
        let isReachable = paths.allSatisfy { path in !path.split(separator: ".").contains { Int($0) != nil } }
        return ContactKeyMismatch(
            mapping: name,
            fields: names,
            paths: unordered.isEmpty ? paths : unordered,
            contactKeys: isReachable && !paths.isEmpty ? paths + contactKeys.filter { !paths.contains($0) } : nil
        )
    }
}
