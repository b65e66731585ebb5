/// A key or a token as people put it into files and variables, brought to what it is.
enum SecretText {
    /// The longest that is taken, in bytes: it has to fit into a header.
    static let bytesMax = 1024

    /// Without a byte order mark, spaces and line ends around it, and without one pair of quotes: `docker --env-file`, for one, keeps those.
    static func bare(_ text: String) -> String {
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        text = text.trimmingSpaces
        guard text.count > 1, let quote = text.first, text.last == quote, quote == "\"" || quote == "'" else {
            return text
        }
        return String(text.dropFirst().dropLast()).trimmingSpaces
    }

    /// Whether it is a line of a shell or an env file, which has the name in front of the value.
    static func isAssignment(_ text: String, of setting: Setting) -> Bool {
        text.hasPrefix("export ") || text.hasPrefix("\(setting.environment)=")
    }
}
