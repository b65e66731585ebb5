/// The ID of a stream's entry: milliseconds and a sequence number within them.
package struct StreamID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let milliseconds: UInt64
    package let sequence: UInt64

    package init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// `1700000000000-0`; the sequence may be left out and is 0 then.
    @inlinable
    package init?(_ text: some StringProtocol) {
        self.init(utf8: text.utf8)
    }

    @inlinable
    package init?(utf8 text: some Collection<UInt8>) {
        let dash = UInt8(ascii: "-")
        guard let end = text.firstIndex(of: dash) else {
            guard let milliseconds = Self.number(text[...]) else { return nil }
            self.init(milliseconds: milliseconds, sequence: 0)
            return
        }
        guard let milliseconds = Self.number(text[..<end]), let sequence = Self.number(text[text.index(after: end)...])
        else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    /// Decimal digits alone, without a sign.
    @inlinable
    package static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        if digits.isEmpty { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if overflow || sumOverflow { return nil }
            value = sum
        }
        return value
    }

    /// An ID as Redis replies it; nil when the reply is none.
    package init?(_ value: RedisValue) {
        guard let bytes = value.bytes else { return nil }
        self.init(utf8: bytes)
    }

    package static let zero = StreamID(milliseconds: 0, sequence: 0)
    package static let max = StreamID(milliseconds: .max, sequence: .max)

    /// The smallest ID above this one; nil above ``max``.
    package var next: StreamID? {
        if sequence < .max { return StreamID(milliseconds: milliseconds, sequence: sequence + 1) }
        return milliseconds < .max ? StreamID(milliseconds: milliseconds + 1, sequence: 0) : nil
    }

    /// The greatest ID below this one; nil below ``zero``.
    package var previous: StreamID? {
        if sequence > 0 { return StreamID(milliseconds: milliseconds, sequence: sequence - 1) }
        return milliseconds > 0 ? StreamID(milliseconds: milliseconds - 1, sequence: .max) : nil
    }

    package static func < (a: StreamID, b: StreamID) -> Bool {
        (a.milliseconds, a.sequence) < (b.milliseconds, b.sequence)
    }

    package var description: String { "\(milliseconds)-\(sequence)" }
}
