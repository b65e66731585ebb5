import RedisStreams

/// Membership and leases of a stream's group, as one heartbeat found them.
struct LeaseView: Sendable, Equatable {
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

    /// Another one whenever Redis is another server or was started anew. None comes twice.
    var reign: String
    /// Whether this reign has lasted long enough for partitions to be acquired.
    var isSettled: Bool
    var leases: [Int: Lease]
    /// Members and their last beats. No beat is given twice.
    var members: [String: Int64]
    /// The pause that holds for the stream.
    var pause: Pause?

    init(reign: String, isSettled: Bool, leases: [Int: Lease], members: [String: Int64]) {
        self.reign = reign
        self.isSettled = isSettled
        self.leases = leases
        self.members = members
    }

    init(_ value: RedisValue) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 5, let reign = parts[0].text,
            case .integer(let settled) = parts[1], let leases = parts[2].array, let members = parts[3].array,
            let pause = parts[4].text
        else { throw RedisError(.unexpectedReply("heartbeat"), command: "EVALSHA", mayHaveBeenApplied: true) }
        self.init(reign: reign, isSettled: settled != 0, leases: [:], members: [:])
        if !pause.isEmpty { self.pause = Pause(pause) }
        for index in stride(from: 0, to: leases.count - 1, by: 2) {
            if let partition = leases[index].integer, let text = leases[index + 1].text {
                self.leases[Int(partition)] = Lease(text: text)
            }
        }
        for index in stride(from: 0, to: members.count - 1, by: 2) {
            if let name = members[index].text, let beat = members[index + 1].integer { self.members[name] = beat }
        }
    }
}
