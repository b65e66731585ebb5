/// The contacts' queues by their keys, each at a place where it is looked at and changed without a copy: a queue is large, and a dictionary gives
/// its values away copied.
struct ContactQueueTable: Sendable {
    /// Where a queue stands, from its insertion to its removal: to find it again, its key is not hashed again.
    struct Place: Sendable {
        fileprivate let index: Int
    }

    private var places: [OrderingKey: Int] = [:]
    private var queues: [ContactQueue] = []
    /// Places without a queue.
    private var free: [Int] = []

    var count: Int { places.count }
    var isEmpty: Bool { places.isEmpty }
    /// A copy: the table may be changed while they are gone through.
    var keys: [OrderingKey] { Array(places.keys) }

    func place(of key: OrderingKey) -> Place? { places[key].map(Place.init) }

    /// The place of the key's queue, a new one if it has none.
    mutating func place(making key: OrderingKey) -> Place {
        if let index = places[key] { return Place(index: index) }
        let index = free.popLast() ?? queues.count
        if index == queues.count { queues.append(ContactQueue()) }
        places[key] = index
        return Place(index: index)
    }

    subscript(place: Place) -> ContactQueue {
        _read { yield queues[place.index] }
        _modify { yield &queues[place.index] }
    }

    /// Takes a queue out. Its place is given to another one.
    @discardableResult
    mutating func remove(_ key: OrderingKey, at place: Place) -> ContactQueue {
        let queue = queues[place.index]
        queues[place.index] = ContactQueue()
        places[key] = nil
        free.append(place.index)
        return queue
    }
}
