extension JSONCursor {
    /// The rest of a string, behind its opening quote, and the closing quote.
    mutating func string() throws(JSONFault) -> String {
        let start = at
        var isASCII = true
        while true {
            skipPlainASCII()
            guard at < end else { throw fault(.unexpectedEnd) }
            switch base[at] {
            case UInt8(ascii: "\""):
                let text = UnsafeBufferPointer(start: base + start, count: at &- start)
                if !isASCII { try requireUTF8(from: start, to: at) }
                at &+= 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                return try stringWithEscapes(from: start)
            case 0x80...:
                isASCII = false
                at &+= 1
            case let control: throw fault(.controlCharacter(control))
            }
        }
    }

    /// Goes on from the first backslash; what lies before is taken as it is.
    private mutating func stringWithEscapes(from start: Int) throws(JSONFault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(at &- start &+ 32)
        var runStart = start
        while true {
            while at < end, base[at] >= 0x20, base[at] != UInt8(ascii: "\""), base[at] != UInt8(ascii: "\\") {
                at &+= 1
            }
            guard at < end else { throw fault(.unexpectedEnd) }
            try requireUTF8(from: runStart, to: at)
            bytes.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: at &- runStart))
            switch base[at] {
            case UInt8(ascii: "\""):
                at &+= 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try escape(into: &bytes)
                runStart = at
            case let control: throw fault(.controlCharacter(control))
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONFault) {
        guard at &+ 1 < end else {
            at = end
            throw fault(.unexpectedEnd)
        }
        switch base[at &+ 1] {
        case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): bytes.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            bytes.append(contentsOf: String(Character(try unicodeEscape())).utf8)
            return
        default: throw fault(.invalidEscape)
        }
        at &+= 2
    }

    /// One `\uXXXX`, or two that are a surrogate pair. A surrogate without its partner becomes U+FFFD.
    private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        guard let first = hexUnit(at: at &+ 2) else { throw fault(.invalidEscape) }
        at &+= 6
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isPaired =
            first < 0xdc00 && at &+ 1 < end && base[at] == UInt8(ascii: "\\") && base[at &+ 1] == UInt8(ascii: "u")
        guard isPaired, let second = hexUnit(at: at &+ 2), 0xdc00...0xdfff ~= second else { return "\u{fffd}" }
        at &+= 6
        let scalar = 0x10000 &+ (UInt32(first) &- 0xd800) << 10 &+ (UInt32(second) &- 0xdc00)
        return Unicode.Scalar(scalar) ?? "\u{fffd}"
    }

    /// The four hex digits at `offset` as a number, or nil when they are not there.
    private func hexUnit(at offset: Int) -> UInt16? {
        guard offset &+ 4 <= end else { return nil }
        var unit: UInt16 = 0
        for byte in UnsafeBufferPointer(start: base + offset, count: 4) {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Stops at a quote, a backslash, a control character, a byte that is not ASCII, or the end.
    @inline(__always)
    private mutating func skipPlainASCII() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while at &+ 8 <= end {
            // Eight bytes at once: the classical "is there a zero byte" for quote and backslash, "is there one below
            // 0x20", and the high bit of the bytes themselves. A false alarm only sends us to the slow loop below.
            let word = UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let found = (quote &- ones) | (backslash &- ones) | (word &- ones &* 0x20) | word
            if found & highs != 0 { break }
            at &+= 8
        }
        while at < end {
            let byte = base[at]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            at &+= 1
        }
    }

    /// Refuses what is not UTF-8: overlong forms, surrogates, numbers beyond U+10FFFF, lone or missing continuations.
    private mutating func requireUTF8(from start: Int, to stop: Int) throws(JSONFault) {
        var position = start
        while position < stop {
            let lead = base[position]
            if lead < 0x80 {
                position &+= 1
                continue
            }
            let (length, second): (Int, ClosedRange<UInt8>) =
                switch lead {
                case 0xc2...0xdf: (2, 0x80...0xbf)
                case 0xe0: (3, 0xa0...0xbf)
                case 0xe1...0xec, 0xee...0xef: (3, 0x80...0xbf)
                case 0xed: (3, 0x80...0x9f)
                case 0xf0: (4, 0x90...0xbf)
                case 0xf1...0xf3: (4, 0x80...0xbf)
                case 0xf4: (4, 0x80...0x8f)
                default: (0, 0x80...0xbf)
                }
            guard length > 0, position &+ length <= stop, second ~= base[position &+ 1],
                length < 3 || base[position &+ 2] & 0xc0 == 0x80,
                length < 4 || base[position &+ 3] & 0xc0 == 0x80
            else {
                at = position
                throw fault(.invalidUTF8)
            }
            position &+= length
        }
    }
}
