/// A command that is another program's: what only developers need is not in the service.
struct MovedCommand: Equatable, CustomStringConvertible {
    let name: String
    /// The whole command that does it.
    let replacement: String

    private static let replacements = ["dev": "loops-bridge-dev run", "simulate": "loops-bridge-dev simulate"]

    /// - Parameter arguments: what was typed behind the program's name. What help is asked about counts as well.
    /// - Returns: nil when the line names no such command.
    init?(arguments: [String]) {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let name = words.first, let replacement = Self.replacements[name] else { return nil }
        self.name = name
        self.replacement = replacement
    }

    var description: String {
        "'\(name)' is no command of loops-bridge: use '\(replacement)', the program for developers. 'make run' builds and starts it."
    }
}
