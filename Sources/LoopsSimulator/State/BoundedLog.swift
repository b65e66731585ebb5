/// The newest elements of a numbered sequence: a ring that drops the oldest and counts what it dropped.
package struct BoundedLog<Element: Sendable>: Sendable {
    package let capacity: Int
    /// Elements appended so far; the newest one has this number, the first has 1.
    package private(set) var appended: Int64 = 0
    private var ring: [Element] = []
    private var head = 0
    /// Elements that were forgotten on purpose.
    private var base: Int64 = 0

    package init(capacity: Int) {
        precondition(capacity > 0, "a log needs room for at least one element")
        self.capacity = capacity
    }

    package var count: Int { ring.count }
    /// Elements that fell out because there was no room for them.
    package var dropped: Int64 { appended - base - Int64(ring.count) }

    /// The number of the oldest element that is still there.
    package var firstNumber: Int64 { appended - Int64(ring.count) + 1 }

    package mutating func append(_ element: Element) {
        appended += 1
        if ring.count < capacity {
            ring.append(element)
        } else {
            ring[head] = element
            head += 1
            if head == capacity { head = 0 }
        }
    }

    /// The element with this number, or nil when it was dropped or is not there yet.
    package subscript(number: Int64) -> Element? {
        guard number >= firstNumber, number <= appended else { return nil }
        return ring[index(of: number)]
    }

    /// Changes the element with this number in place, when it is still there.
    package mutating func update(_ number: Int64, _ change: (inout Element) -> Void) {
        guard number >= firstNumber, number <= appended else { return }
        change(&ring[index(of: number)])
    }

    /// Drops all elements; the numbering goes on and `dropped` begins anew.
    package mutating func forgetAll() {
        ring = []
        head = 0
        base = appended
    }

    /// The elements after a number, oldest first.
    package func elements(after number: Int64 = 0, limit: Int = .max) -> [Element] {
        var result: [Element] = []
        guard number < appended else { return result }
        var next = max(number + 1, firstNumber)
        while next <= appended, result.count < limit {
            result.append(ring[index(of: next)])
            next += 1
        }
        return result
    }

    private func index(of number: Int64) -> Int {
        (head + Int(number - firstNumber)) % max(ring.count, 1)
    }
}
