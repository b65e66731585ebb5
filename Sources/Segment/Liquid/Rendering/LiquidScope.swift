import JSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the names of a template stand for: its own variables first, then its counters, then the event.
struct LiquidScope {
    private var root: LiquidValue
    private var variables: [String: LiquidValue] = [:]
    private(set) var counters: [String: Double] = [:]

    init(root: LiquidValue) {
        self.root = root
    }

    subscript(name: String) -> LiquidValue {
        if let value = variables[name] { return value }
        if let counter = counters[name] { return .number(counter) }
        if case .object(let object) = root {
            if let value = object[name] { return LiquidValue(value) }
            // liquidjs falls back to an empty object, which has a size.
            return name == "size" ? .number(0) : .undefined
        }
        return root.property(named: name)
    }

    mutating func assign(_ value: LiquidValue, to name: String) {
        variables[name] = value
    }

    /// Adds to a counter and returns its value before. Counters start at a number in the event, otherwise at 0.
    mutating func count(_ name: String, by step: Double) -> Double {
        let before = counters[name] ?? eventNumber(name)
        counters[name] = before + step
        return before
    }

    private func eventNumber(_ name: String) -> Double {
        guard case .object(let object) = root, let value = object[name] else { return 0 }
        guard case .number(let number) = LiquidValue(value) else { return 0 }
        return number
    }
}

/// Tells the `date` filter what `"now"` and `"today"` are.
package struct LiquidClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let nowMilliseconds: @Sendable () -> Int64

    package init(nowMilliseconds: @escaping @Sendable () -> Int64) {
        self.nowMilliseconds = nowMilliseconds
    }

    /// The system's real-time clock.
    package static let system = LiquidClock {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
