import DequeModule

/// The calls that wait for a connection, in order.
///
/// One that gave up is let go of at once, but its place is closed only when enough of them have: many may give up together when an outage
/// lasts, and to close every place by itself would take quadratic time.
struct PendingCallQueue {
    private var places: Deque<PendingCall?> = []
    private var index: [ObjectIdentifier: Int] = [:]
    /// Places that were removed at the front so far: what `index` holds counts from the first place ever.
    private var gone = 0
    private(set) var commandCount = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { index.isEmpty }

    mutating func append(_ call: PendingCall) {
        index[ObjectIdentifier(call)] = gone + places.count
        places.append(call)
        commandCount += call.commandCount
        byteCount += call.byteCount
    }

    mutating func popFirst() -> PendingCall? {
        while let place = places.popFirst() {
            gone += 1
            guard let call = place else { continue }
            index[ObjectIdentifier(call)] = nil
            commandCount -= call.commandCount
            byteCount -= call.byteCount
            return call
        }
        return nil
    }

    /// - Returns: false when the call does not wait here.
    mutating func remove(_ call: PendingCall) -> Bool {
        guard let position = index.removeValue(forKey: ObjectIdentifier(call)) else { return false }
        places[position - gone] = nil
        commandCount -= call.commandCount
        byteCount -= call.byteCount
        if places.count > 2 * index.count + 64 { closePlaces() }
        return true
    }

    private mutating func closePlaces() {
        places.removeAll { $0 == nil }
        gone = 0
        for (position, place) in places.enumerated() {
            if let place { index[ObjectIdentifier(place)] = position }
        }
    }
}
