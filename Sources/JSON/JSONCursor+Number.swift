extension JSONCursor {
    /// The powers of ten that a `Double` holds exactly.
    private static let exactPowersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The number that starts here, at `-` or a digit.
    mutating func number() throws(JSONFault) -> JSONValue {
        let start = at
        let isNegative = base[at] == UInt8(ascii: "-")
        if isNegative { at &+= 1 }
        guard at < end else { throw fault(.unexpectedEnd) }
        guard isDigit(base[at]) else { throw fault(.invalidNumber) }

        // While `isExact`, the digits so far are exactly `magnitude` × 10^`exponent`.
        var magnitude: UInt64 = 0
        var isExact = true
        if base[at] == UInt8(ascii: "0") {
            at &+= 1
            if at < end, isDigit(base[at]) { throw fault(.invalidNumber) }
        } else {
            accumulateDigits(into: &magnitude, isExact: &isExact)
        }
        guard at < end, base[at] == UInt8(ascii: ".") || base[at] | 0x20 == UInt8(ascii: "e") else {
            return integer(magnitude, isNegative: isNegative, isExact: isExact, start: start)
        }

        var exponent = 0
        if base[at] == UInt8(ascii: ".") {
            at &+= 1
            let fraction = at
            try requireDigit()
            accumulateDigits(into: &magnitude, isExact: &isExact)
            exponent = fraction &- at
        }
        if at < end, base[at] | 0x20 == UInt8(ascii: "e") {
            exponent &+= try exponentPart()
        }
        if isExact, magnitude <= 1 << 53, exponent.magnitude < Self.exactPowersOfTen.count {
            // Both operands are exact, so IEEE 754 rounds the one operation correctly.
            let power = Self.exactPowersOfTen[Int(exponent.magnitude)]
            let value = exponent < 0 ? Double(magnitude) / power : Double(magnitude) * power
            return .double(isNegative ? -value : value)
        }
        return .double(nearestDouble(from: start))
    }

    private func integer(_ magnitude: UInt64, isNegative: Bool, isExact: Bool, start: Int) -> JSONValue {
        if isExact {
            if !isNegative { return Int64(exactly: magnitude).map(JSONValue.int) ?? .uint(magnitude) }
            if magnitude == 0 { return .double(-0.0) }
            if magnitude <= Int64.min.magnitude { return .int(Int64(truncatingIfNeeded: 0 &- magnitude)) }
        }
        return .double(nearestDouble(from: start))
    }

    /// Steps over digits. Clears `isExact` when they no longer fit 64 bits.
    @inline(__always)
    private mutating func accumulateDigits(into magnitude: inout UInt64, isExact: inout Bool) {
        while at < end, isDigit(base[at]) {
            let (tenfold, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(UInt64(base[at] &- UInt8(ascii: "0")))
            if overflow || carry { isExact = false }
            magnitude = sum
            at &+= 1
        }
    }

    /// `e`, a sign and digits; saturates far beyond what a `Double` can hold.
    private mutating func exponentPart() throws(JSONFault) -> Int {
        at &+= 1
        guard at < end else { throw fault(.unexpectedEnd) }
        let isNegative = base[at] == UInt8(ascii: "-")
        if isNegative || base[at] == UInt8(ascii: "+") { at &+= 1 }
        try requireDigit()
        var exponent = 0
        while at < end, isDigit(base[at]) {
            exponent = min(exponent &* 10 &+ Int(base[at] &- UInt8(ascii: "0")), 1_000_000)
            at &+= 1
        }
        return isNegative ? -exponent : exponent
    }

    private func requireDigit() throws(JSONFault) {
        guard at < end else { throw fault(.unexpectedEnd) }
        guard isDigit(base[at]) else { throw fault(.invalidNumber) }
    }

    /// The slow, always correct way. Every JSON number is also a number to Swift.
    private func nearestDouble(from start: Int) -> Double {
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: at - start), as: UTF8.self)
        return Double(text) ?? .nan
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
