import RedisStreams

/// Membership and leases of a stream's group, as one heartbeat found them.
struct GroupView: Sendable, Equatable {
    /// Who owns a partition, in Redis' words: `EPOCH MEMBER`, or `EPOCH -` when it is free. As a whole it is the fence.
    struct Lease: Sendable, Equatable {
        let text: String

        /// nil when the partition is free.
        var owner: Substring? {
            guard let space = text.firstIndex(of: " ") else { return nil }
            let owner = text[text.index(after: space)...]
            return owner == "-" ? nil : owner
        }

        /// Rises with every owner.
        var epoch: Int64 { Int64(text.prefix { $0 != " " }) ?? 0 }
    }

    /// One history of the group's data on one server: a counter and the server's replication ID. None comes twice.
    var incarnation: String
    /// Whether this incarnation has lasted long enough for partitions to be acquired.
    var isStable: Bool
    var leases: [Int: Lease]
    /// Members and their last beats. No beat is given twice.
    var members: [String: Int64]
    /// The pause that holds for the stream.
    var pause: Pause?
    /// The lease time of the whole group; nil when it has none.
    var leaseTime: Duration?
    /// Everything up to this entry is finished; nil when that is unknown.
    var floor: StreamID?
    /// Entries that vanished from the pending list without having ended, and are routed again.
    var vanished = 0

    init(incarnation: String, isStable: Bool, leases: [Int: Lease], members: [String: Int64]) {
        self.incarnation = incarnation
        self.isStable = isStable
        self.leases = leases
        self.members = members
    }

    init(_ value: RedisValue) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 8, let incarnation = parts[0].text,
            case .integer(let stable) = parts[1], let leases = parts[2].array, let members = parts[3].array,
            let pause = parts[4].text, let leaseTime = parts[5].integer, let vanished = parts[7].integer
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
        for index in stride(from: 0, to: members.count - 1, by: 2) {
            // The marker, which says that the key was not deleted, is no member.
            if let name = members[index].text, name != StreamKeys.marker, let beat = members[index + 1].integer {
                self.members[name] = beat
            }
        }
    }
}
