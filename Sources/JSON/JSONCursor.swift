/// A failure inside the parser; line and column are found only when it leaves.
struct JSONFault: Error {
    let offset: Int
    let reason: JSONError.Reason
}

/// A position in UTF-8 text and the grammar of RFC 8259 over it.
///
/// Lives only inside the call that lends it the bytes: `base` must hold `end` initialised bytes for that long.
struct JSONCursor {
    let base: UnsafePointer<UInt8>
    let end: Int
    let depthMax: Int
    /// Between 0 and `end`, always.
    var at = 0
    /// How many arrays and objects are open.
    private var depth = 0

    init(base: UnsafePointer<UInt8>, end: Int, depthMax: Int) {
        self.base = base
        self.end = end
        self.depthMax = depthMax
    }

    /// The whole text: one value with only whitespace around it.
    mutating func document() throws(JSONFault) -> JSONValue {
        if end >= 3, base[0] == 0xef, base[1] == 0xbb, base[2] == 0xbf { throw fault(.byteOrderMark) }
        skipWhitespace()
        let value = try value()
        skipWhitespace()
        guard at == end else { throw fault(.trailingContent) }
        return value
    }

    /// The value that starts here; whitespace before it is already skipped.
    private mutating func value() throws(JSONFault) -> JSONValue {
        guard at < end else { throw fault(.unexpectedEnd) }
        switch base[at] {
        case UInt8(ascii: "\""):
            at &+= 1
            return .string(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw unexpected(.value)
        }
    }

    private mutating func array() throws(JSONFault) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipWhitespace()
        if at < end, base[at] == UInt8(ascii: "]") {
            leave()
            return elements
        }
        while true {
            elements.append(try value())
            skipWhitespace()
            guard at < end else { throw fault(.unexpectedEnd) }
            switch base[at] {
            case UInt8(ascii: ","):
                at &+= 1
                skipWhitespace()
            case UInt8(ascii: "]"):
                leave()
                return elements
            default: throw unexpected(.commaOrArrayEnd)
            }
        }
    }

    private mutating func object() throws(JSONFault) -> JSONObject {
        try enter()
        var object = JSONObject()
        skipWhitespace()
        if at < end, base[at] == UInt8(ascii: "}") {
            leave()
            return object
        }
        object.reserveCapacity(4)
        var expectation = JSONError.Expectation.keyOrEnd
        while true {
            guard at < end else { throw fault(.unexpectedEnd) }
            guard base[at] == UInt8(ascii: "\"") else { throw unexpected(expectation) }
            at &+= 1
            let key = try string()
            skipWhitespace()
            guard at < end else { throw fault(.unexpectedEnd) }
            guard base[at] == UInt8(ascii: ":") else { throw unexpected(.colon) }
            at &+= 1
            skipWhitespace()
            object.set(try value(), forKey: key)
            skipWhitespace()
            guard at < end else { throw fault(.unexpectedEnd) }
            switch base[at] {
            case UInt8(ascii: ","):
                at &+= 1
                skipWhitespace()
                expectation = .key
            case UInt8(ascii: "}"):
                leave()
                return object
            default: throw unexpected(.commaOrObjectEnd)
            }
        }
    }

    /// Steps over the opening bracket.
    private mutating func enter() throws(JSONFault) {
        guard depth < depthMax else { throw fault(.tooDeep(limit: depthMax)) }
        depth &+= 1
        at &+= 1
    }

    /// Steps over the closing bracket.
    private mutating func leave() {
        depth &-= 1
        at &+= 1
    }

    private mutating func literal(_ word: StaticString) throws(JSONFault) {
        var matched = 0
        while matched < word.utf8CodeUnitCount {
            guard at < end else { throw fault(.unexpectedEnd) }
            guard base[at] == word.utf8Start[matched] else { throw unexpected(.value) }
            at &+= 1
            matched &+= 1
        }
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while at < end {
            switch base[at] {
            case 0x20, 0x0a, 0x0d, 0x09: at &+= 1
            default: return
            }
        }
    }

    func fault(_ reason: JSONError.Reason) -> JSONFault { JSONFault(offset: at, reason: reason) }

    /// Only when `at < end`.
    func unexpected(_ expected: JSONError.Expectation) -> JSONFault {
        fault(.unexpectedByte(base[at], expected: expected))
    }
}
