import JSON
import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One line of the log, as text for people or as JSON for machines. A value: the time is given.
struct LogLine {
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
    let time: Date

    /// The longest value, in characters.
    static let maxValueLength = 2000

    private var stamp: String { time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    private var values: [(key: String, value: String)] {
        metadata.sorted { $0.key < $1.key }.map { ($0.key, String("\($0.value)".prefix(Self.maxValueLength))) }
    }

    /// One object: `time`, `level`, `message`, then the metadata by name. All values are texts.
    var json: String {
        var line: JSONObject = ["time": .string(stamp), "level": .string(level.rawValue), "message": .string(message)]
        for (key, value) in values {
            // A name of ours is never overwritten.
            line[line[key] == nil ? key : "metadata.\(key)"] = .string(value)
        }
        return JSONValue.object(line).visibleText
    }

    /// Time, level, message, then `name=value`. One line, whatever a value holds: nobody can write a line of their own into it.
    /// - Parameter hasColour: whether the level is coloured.
    func text(hasColour: Bool) -> String {
        let word = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        let code =
            switch level {
            case .critical, .error: "31"
            case .warning: "33"
            case .notice: "32"
            case .info, .debug, .trace: "2"
            }
        let shown = hasColour ? "\u{1B}[\(code)m\(word)\u{1B}[0m" : word
        let pairs = values.map { key, value in
            let plain = value.shown
            let isWord = !plain.isEmpty && !plain.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            return "\(key)=" + (isWord ? plain : "\"\(plain.replacing("\"", with: "'"))\"")
        }
        return ([stamp, shown, message.shown] + pairs).joined(separator: " ")
    }
}
