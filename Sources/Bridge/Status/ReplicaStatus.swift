package import StreamGroups

/// A member of a stream's group.
package struct ReplicaStatus: Sendable, Equatable {
    /// As people call it: the instance's name, with the rest of the member's name only where two share it.
    package var name: String
    /// Whether this is the process that is asked.
    package var isSelf: Bool
    /// Partitions that it owns, in order.
    package var partitions: [Int]
    /// Where people find its page; nil when it does not say.
    package var address: PublicAddress?

    /// The members and what they own, by name. An owner that is no member any more is listed too.
    /// - Parameter owners: who owns a partition; those that nobody owns are left out.
    package static func list(
        members: [String],
        owners: [Int: String],
        addresses: [String: PublicAddress] = [:],
        own: String?
    ) -> [ReplicaStatus] {
        let all = Set(members).union(owners.values).sorted()
        let instances = Dictionary(grouping: all, by: instance)
        return all.map { member in
            ReplicaStatus(
                name: instances[instance(of: member)]?.count == 1 ? instance(of: member) : member,
                isSelf: member == own,
                partitions: owners.filter { $0.value == member }.keys.sorted(),
                address: addresses[member]
            )
        }
    }

    private static func instance(of member: String) -> String {
        member.lastIndex(of: "/").map { String(member[..<$0]) } ?? member
    }
}
