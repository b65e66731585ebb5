extension EventPath {
    /// A path as Segment's mappings write it.
    ///
    /// The first `$.` is dropped; an empty rest or `.` is the whole event. Steps end at `.`, at `[` before a quote or a
    /// digit, and at `]` behind one; quotes are dropped. `a[b]` is therefore one key of four characters.
    init(mapping text: String) {
        self.init(placeholder: Self.withoutRoot(text))
    }

    /// A path as a template's placeholder writes it: as ``init(mapping:)``, but `$.` has no meaning.
    init(placeholder text: String) {
        guard !text.isEmpty, text != "." else {
            self.init(keys: [])
            return
        }
        let bytes = Array(text.utf8)
        var keys: [String] = []
        var key: [UInt8] = []
        func endStep() {
            // A step is dropped when it is empty with its quotes, not when only quotes are left of it.
            if !key.isEmpty {
                keys.append(String(decoding: key.filter { !Self.isQuote($0) }, as: UTF8.self))
                key.removeAll()
            }
        }
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: ".") {
                endStep()
            } else if byte == UInt8(ascii: "["), at + 1 < bytes.count, Self.isQuoteOrDigit(bytes[at + 1]) {
                endStep()
            } else if byte == UInt8(ascii: "]"), at > 0, Self.isQuoteOrDigit(bytes[at - 1]) {
                while at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "]") { at += 1 }
                endStep()
            } else {
                key.append(byte)
            }
            at += 1
        }
        endStep()
        self.init(keys: keys)
    }

    private static func withoutRoot(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for at in bytes.indices.dropLast() where bytes[at] == UInt8(ascii: "$") && bytes[at + 1] == UInt8(ascii: ".") {
            bytes.removeSubrange(at...(at + 1))
            break
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }

    private static func isQuoteOrDigit(_ byte: UInt8) -> Bool {
        isQuote(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
