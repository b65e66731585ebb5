import JSON

/// One JSON value over several lines, as `jq` prints it, where an event a line is expected.
struct SpreadValue {
    /// Beyond these it is no pretty-printed event, but a line that was cut off.
    static let maxLines = 10_000
    static let maxBytes = 1 << 20

    enum Step: Equatable {
        case open
        /// The value ends with this line.
        case complete
        /// It is none: the lines stand for themselves.
        case none
    }

    let first: Int
    private(set) var lines: [[UInt8]]
    private var bytes: Int
    private let indentation: Int

    /// - Returns: nil when the line does not begin such a value.
    init?(_ line: [UInt8], number: Int) {
        guard let start = line.firstIndex(where: { !Self.isBlank($0) }), [0x7B, 0x5B].contains(line[start]) else {
            return nil
        }
        do {
            _ = try JSONParser.parse(line)
            return nil
        } catch {
            guard error.reason == .unexpectedEnd else { return nil }
        }
        first = number
        lines = [line]
        bytes = line.count
        indentation = start
    }

    mutating func take(_ line: [UInt8]) -> Step {
        lines.append(line)
        bytes += line.count + 1
        guard lines.count <= Self.maxLines, bytes <= Self.maxBytes else { return .none }
        guard let start = line.firstIndex(where: { !Self.isBlank($0) }), start <= indentation else { return .open }
        if [0x7D, 0x5D].contains(line[start]) {
            return (try? JSONParser.parse(value)) == nil ? .none : .complete
        }
        // An object that begins where this one did: this one was cut off. The elements of an array may, and the last of them may end it.
        let isArray = lines[0][indentation] == 0x5B
        if isArray, line.last(where: { !Self.isBlank($0) }) == 0x5D,
            (try? JSONParser.parse(value)) != nil
        {
            return .complete
        }
        return isArray ? .open : .none
    }

    /// The value, once it is complete.
    var value: [UInt8] { Array(lines.joined(separator: [0x0A])) }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
