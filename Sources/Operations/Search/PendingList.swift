import RedisStreams

/// Who owns which partition.
struct LeaseTable: Sendable {
    /// nil for a partition that is free.
    var owners: [Int: String?]
    var members: Int
}

/// The pending entries of a group in the order of their IDs, with their consumers.
struct PendingList: Sendable {
    private(set) var ids: [StreamID] = []
    private var consumers: [UInt16] = []
    private var names: [String] = []
    /// Whether there are no more than these.
    var isComplete = true

    var count: Int { ids.count }

    /// To be called in the order of the IDs. Names beyond 65,535 are not told apart: no group has so many.
    mutating func append(_ id: StreamID, consumer: String) {
        let number = names.firstIndex(of: consumer) ?? names.count
        if number == names.count, names.count < Int(UInt16.max) { names.append(consumer) }
        ids.append(id)
        consumers.append(UInt16(clamping: min(number, names.count - 1)))
    }

    func index(of id: StreamID) -> Int? {
        var low = 0, high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }

    func place(at index: Int, leases: LeaseTable) -> PendingPosition {
        let name = names[Int(consumers[index])]
        let partition = name.first == "p" && name.count > 2 ? Int(name.dropFirst()) : nil
        return PendingPosition(
            consumer: name,
            partition: partition,
            owner: partition.flatMap { leases.owners[$0] ?? nil },
            before: isComplete ? index : nil
        )
    }

    /// The entries of one consumer before an entry.
    func ids(of consumer: String, before id: StreamID) -> [StreamID] {
        guard let number = names.firstIndex(of: consumer) else { return [] }
        return zip(ids, consumers).lazy.filter { Int($1) == number && $0 < id }.map(\.0)
    }
}
