/// Numbers and texts one behind the other in one piece of memory: a thousand small objects that are kept for minutes cost more than all the rest
/// of an event, when they are made and when they go.
///
/// Written and read by this process only, in the same order: ``PackedEntry``.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Seven bits a byte, the lowest first.
    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func count(_ value: Int) { number(UInt64(max(0, value))) }
    mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func optional(_ value: Int?) { count(value.map { $0 + 1 } ?? 0) }

    mutating func data(_ value: [UInt8]) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            count(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func optional(_ value: String?) {
        flag(value != nil)
        if let value { text(value) }
    }

    /// In whole nanoseconds; nothing that is shorter than none.
    mutating func duration(_ value: Duration) {
        let (seconds, attoseconds) = value.components
        number(UInt64(clamping: max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)))
    }
}

/// Reads what a ``PackedWriter`` wrote, in the same order.
struct PackedReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func number() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }

    mutating func count() -> Int { Int(clamping: number()) }

    mutating func flag() -> Bool { number() != 0 }

    mutating func optionalCount() -> Int? {
        let value = count()
        return value == 0 ? nil : value - 1
    }

    mutating func data() -> [UInt8] {
        let length = count()
        let end = min(bytes.count, place + length)
        defer { place = end }
        return Array(bytes[place..<end])
    }

    mutating func text() -> String {
        let length = count()
        let end = min(bytes.count, place + length)
        defer { place = end }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }

    mutating func optionalText() -> String? { flag() ? text() : nil }
    mutating func duration() -> Duration { .nanoseconds(Int64(clamping: number())) }

    mutating func list<Element>(_ element: (inout PackedReader) -> Element) -> [Element] {
        (0..<count()).map { _ in element(&self) }
    }
}
