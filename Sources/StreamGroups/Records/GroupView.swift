package import RedisStreams

/// Membership and leases of a stream's group, as one heartbeat found them.
package struct GroupView: Sendable, Equatable {
    /// Who owns a partition, in Redis' words: `EPOCH MEMBER`, or `EPOCH -` when it is free. As a whole it is the fence.
    package struct Lease: Sendable, Equatable {
        package let text: String

        package init(text: String) { self.text = text }

        /// nil when the partition is free.
        package var owner: Substring? {
            guard let space = text.firstIndex(of: " ") else { return nil }
            let owner = text[text.index(after: space)...]
            return owner == "-" ? nil : owner
        }

        /// Rises with every owner.
        package var epoch: Int64 { Int64(text.prefix { $0 != " " }) ?? 0 }
    }

    /// One history of the group's data on one server: a counter and the server's replication ID. None comes twice.
    package var incarnation: String
    /// Whether this incarnation has lasted long enough for partitions to be acquired.
    package var isStable: Bool
    package var leases: [Int: Lease]
    /// Members and their last beats. No beat is given twice.
    package var members: [String: Int64]
    /// The pause that holds for the stream.
    package var pause: Pause?
    /// The lease time of the whole group; nil when it has none.
    package var leaseTime: Duration?
    /// Everything up to this entry is finished; nil when that is unknown.
    package var floor: StreamID?
    /// Entries that vanished from the pending list without having ended, and are routed again.
    package var vanished = 0
    /// Where people find the members' pages, by member; those that say nothing, or no such thing, are not in it.
    package var addresses: [String: PublicAddress] = [:]

    package init(incarnation: String, isStable: Bool, leases: [Int: Lease], members: [String: Int64]) {
        self.incarnation = incarnation
        self.isStable = isStable
        self.leases = leases
        self.members = members
    }

    package init(_ value: RedisValue) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 9, let incarnation = parts[0].text,
            case .integer(let stable) = parts[1], let leases = parts[2].array, let members = parts[3].array,
            let pause = parts[4].text, let leaseTime = parts[5].integer, let vanished = parts[7].integer,
            let addresses = parts[8].array
        else { throw RedisError(.unexpectedReply("heartbeat"), command: "EVALSHA", mayHaveBeenApplied: true) }
        self.init(incarnation: incarnation, isStable: stable != 0, leases: [:], members: [:])
        if leaseTime > 0 { self.leaseTime = .milliseconds(leaseTime) }
        self.floor = StreamID(parts[6])
        self.vanished = Int(vanished)
        if !pause.isEmpty { self.pause = Pause(pause) }
        for index in stride(from: 0, to: leases.count - 1, by: 2) {
            if let partition = leases[index].integer, let text = leases[index + 1].text {
                self.leases[Int(partition)] = Lease(text: text)
            }
        }
        for index in stride(from: 0, to: addresses.count - 1, by: 2) {
            if let name = addresses[index].text, let text = addresses[index + 1].text {
                self.addresses[name] = PublicAddress(text)
            }
        }
        for index in stride(from: 0, to: members.count - 1, by: 2) {
            // The marker, which says that the key was not deleted, is no member.
            if let name = members[index].text, name != GroupKeys.marker, let beat = members[index + 1].integer {
                self.members[name] = beat
            }
        }
    }
}

/// What Redis lets one tenure of a partition through by: the lease, with its epoch, and the incarnation under which its entries were read.
///
/// Invariant: no two tenures have the same one, so an end of an earlier tenure is never taken for one of the current.
package struct FencingToken: Sendable, Equatable {
    /// `EPOCH MEMBER`.
    package let lease: String
    package let incarnation: String

    package init(lease: String, incarnation: String) {
        self.lease = lease
        self.incarnation = incarnation
    }
}
