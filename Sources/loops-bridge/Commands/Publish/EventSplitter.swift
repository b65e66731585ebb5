/// Cuts text into what may hold an event: lines, or, where all of it is one JSON array, the elements of that.
///
/// A value: bytes go in, pieces come out. An array that begins on a later line is left whole: it may be a line that was cut off, which must not take
/// along what follows.
struct EventSplitter {
    /// A line or an element that is longer is left out. A batch of 2,500 events of the usual size has a tenth of it.
    static let pieceBytesMax = 16 << 20

    enum Piece: Equatable {
        /// Without its end (LF or CRLF), and its number.
        case line([UInt8], Int)
        /// An element, and the line that it begins on.
        case element([UInt8], Int)
        /// Why something was left out, and the line that it begins on.
        case refused(String, Int)
    }

    private enum Mode { case beginning, lines, skippedLine, array }

    private let bytesMax: Int
    private var mode = Mode.beginning
    private var buffer: [UInt8] = []
    /// What is in front of it was given away.
    private var start = 0
    /// What is in front of it was looked at.
    private var seen = 0
    /// Of ``seen``, from 1.
    private var line = 1
    private var isAtEnd = false
    private var array = ArrayState()

    private struct ArrayState {
        enum Expected { case elementOrEnd, element, separator }
        var firstLine = 1
        var count = 0
        var expected = Expected.elementOrEnd
        /// Where the element begins in the buffer; nil between elements.
        var element: Int?
        var elementLine = 1
        var depth = 0
        var isInText = false
        var isEscaped = false
        var isTooLong = false
    }

    init(pieceBytesMax: Int = Self.pieceBytesMax) { bytesMax = pieceBytesMax }

    mutating func append(_ bytes: [UInt8]) {
        buffer.removeSubrange(..<start)
        seen -= start
        if let element = array.element { array.element = element - start }
        start = 0
        buffer += bytes
    }

    /// Nothing comes any more.
    mutating func finish() { isAtEnd = true }

    /// - Returns: nil when more bytes are needed, or all was given.
    mutating func next() -> Piece? {
        while true {
            switch mode {
            case .beginning: if !begin() { return nil }
            case .lines: return nextLine()
            case .skippedLine: if !skipLine() { return nil }
            case .array:
                let piece = nextElement()
                if piece != nil || mode == .array { return piece }
            }
        }
    }

    // MARK: Lines

    /// - Returns: false when it cannot be said yet what this is.
    private mutating func begin() -> Bool {
        while seen < buffer.count {
            let byte = buffer[seen]
            if byte == Byte.newline {
                line += 1
                start = seen + 1
            } else if byte == UInt8(ascii: "[") {
                mode = .array
                array.firstLine = line
                seen += 1
                start = seen
                return true
            } else if !Byte.isBlank(byte) {
                break
            }
            seen += 1
        }
        guard seen < buffer.count || isAtEnd else { return false }
        mode = .lines
        seen = start
        return true
    }

    private mutating func nextLine() -> Piece? {
        let number = line
        guard let end = buffer[seen...].firstIndex(of: Byte.newline) else {
            seen = buffer.count
            if seen - start > bytesMax {
                start = seen
                mode = .skippedLine
                return tooLong("a line", number)
            }
            guard isAtEnd, start < seen else { return nil }
            defer { start = seen }
            return .line(Array(buffer[start...]), number)
        }
        let whole = buffer[start..<end]
        line += 1
        start = end + 1
        seen = start
        if whole.count > bytesMax { return tooLong("a line", number) }
        return .line(Array(whole.last == Byte.carriageReturn ? whole.dropLast() : whole), number)
    }

    private mutating func skipLine() -> Bool {
        guard let end = buffer[seen...].firstIndex(of: Byte.newline) else {
            seen = buffer.count
            start = seen
            return false
        }
        line += 1
        start = end + 1
        seen = start
        mode = .lines
        return true
    }

    private func tooLong(_ what: String, _ number: Int) -> Piece {
        .refused("\(what) of more than \(bytesMax) bytes", number)
    }

    // MARK: Elements

    /// - Returns: nil when more bytes are needed, or the mode has changed.
    private mutating func nextElement() -> Piece? {
        while seen < buffer.count {
            if let piece = array.element == nil ? between() : within() { return piece }
            if mode != .array { return nil }
        }
        if array.isTooLong { (start, array.element) = (seen, seen) }
        guard isAtEnd else { return nil }
        mode = .lines
        start = seen
        return .refused("the array that begins on line \(array.firstLine) does not end", array.firstLine)
    }

    /// Looks at one byte between two elements.
    private mutating func between() -> Piece? {
        let byte = buffer[seen]
        switch byte {
        case Byte.newline: line += 1
        case UInt8(ascii: ",") where array.expected == .separator: array.expected = .element
        case UInt8(ascii: "]") where array.expected != .element:
            mode = .lines
            seen += 1
            start = seen
            return array.count == 0 ? .refused("an array without events", array.firstLine) : nil
        case _ where Byte.isBlank(byte): break
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"),
            _ where array.expected == .separator:
            // What stands here, and so what follows, is no array. Lines are the best guess.
            mode = .skippedLine
            start = seen
            return .refused("the array is not JSON: it has to go on with an element, a comma or its end", line)
        default:
            array.element = seen
            array.elementLine = line
            array.depth = 0
            start = seen
            return nil
        }
        seen += 1
        start = seen
        return nil
    }

    /// Looks at one byte of an element. Whether it is JSON is seen when it is parsed.
    private mutating func within() -> Piece? {
        let byte = buffer[seen]
        if byte == Byte.newline { line += 1 }
        if array.isInText {
            if array.isEscaped {
                array.isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                array.isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                array.isInText = false
                if array.depth == 0 { return element(endingBefore: seen + 1) }
            }
        } else {
            switch byte {
            case UInt8(ascii: "\""): array.isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): array.depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if array.depth == 0 { return element(endingBefore: seen) }
                array.depth -= 1
                if array.depth == 0 { return element(endingBefore: seen + 1) }
            case UInt8(ascii: ","):
                if array.depth == 0 { return element(endingBefore: seen) }
            default: break
            }
        }
        seen += 1
        if let element = array.element, seen - element > bytesMax {
            array.isTooLong = true
            array.element = seen
            start = seen
        }
        return nil
    }

    private mutating func element(endingBefore end: Int) -> Piece {
        let bytes = Array(buffer[(array.element ?? end)..<end])
        let isTooLong = array.isTooLong
        seen = end
        start = end
        array.count += 1
        array.expected = .separator
        array.element = nil
        array.isTooLong = false
        return isTooLong ? tooLong("an element", array.elementLine) : .element(bytes, array.elementLine)
    }
}

/// Bytes that text is made of.
private enum Byte {
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == carriageReturn
    }
}
