import DequeModule

/// The latest `capacity` elements that were put in.
struct RecentSet<Element: Hashable & Sendable>: Sendable {
    let capacity: Int
    private var order: Deque<Element> = []
    private var members: Set<Element> = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { members.count }

    func contains(_ element: Element) -> Bool { members.contains(element) }

    mutating func insert(_ element: Element) {
        guard capacity > 0, members.insert(element).inserted else { return }
        order.append(element)
        if order.count > capacity, let oldest = order.popFirst() { members.remove(oldest) }
    }
}
