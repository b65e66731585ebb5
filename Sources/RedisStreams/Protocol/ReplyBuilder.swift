/// Puts the parts of a reply together in the order in which a parser meets them: an array first, then its elements.
struct ReplyBuilder {
    /// An array whose elements are still to come.
    private struct Open {
        var values: [RedisValue]
        let count: Int
    }

    private var outer: [Open] = []
    private var innermost: Open?
    private var finished: RedisValue?

    /// A string, a number, a null.
    mutating func add(_ value: RedisValue) {
        guard innermost != nil else {
            finished = value
            return
        }
        innermost?.values.append(value)
        guard let array = innermost, array.values.count == array.count else { return }
        innermost = outer.popLast()
        add(.array(array.values))
    }

    /// An array of this many elements.
    mutating func openArray(count: Int) {
        guard count > 0 else { return add(.array([])) }
        if let innermost { outer.append(innermost) }
        var values: [RedisValue] = []
        // What a peer announces is no reason to take memory for it.
        values.reserveCapacity(min(count, 1024))
        innermost = Open(values: values, count: count)
    }

    /// The first string or number of a reply that is not complete yet.
    var firstPart: RedisValue? {
        var value = (outer + [innermost].compactMap(\.self)).lazy.compactMap(\.values.first).first
        while case .array(let values)? = value { value = values.first }
        return value
    }

    /// The whole reply, once.
    mutating func takeFinished() -> RedisValue? {
        defer { finished = nil }
        return finished
    }
}
