package import ArgumentParser
import Segment
import Support

/// A command that is not there, and the one that was probably meant. argument-parser says no more than "unexpected argument", and nothing at
/// all of `help nosuch`.
package struct UnknownCommand: Equatable, CustomStringConvertible {
    /// What was typed.
    let name: String
    /// The command above it: `loops-bridge`, `loops-bridge dead`.
    let parent: String
    /// The commands that there are.
    let known: [String]

    package var description: String {
        let hint = NearestMatch.hint(for: name, in: known)
        return
            "\(parent) has no command '\(name)'; \(hint)\(hint.hasSuffix("?") ? "" : ".") '\(parent) --help' says more."
    }

    /// - Returns: nil when every command that the line names is there.
    package static func find(in arguments: [String], root: any ParsableCommand.Type) -> UnknownCommand? {
        // What help is asked about is named as well.
        var command = root
        var path = name(of: root)
        for word in arguments.first == "help" ? arguments.dropFirst() : arguments[...] {
            let children = command.configuration.subcommands
            if children.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
            guard let index = children.firstIndex(where: { answers($0, to: word) }) else {
                let shown = children.filter { $0.configuration.shouldDisplay }
                return UnknownCommand(name: word, parent: path, known: shown.map { name(of: $0) })
            }
            command = children[index]
            path += " " + word
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? ""
    }

    private static func answers(_ command: any ParsableCommand.Type, to word: String) -> Bool {
        name(of: command) == word || command.configuration.aliases.contains(word)
    }
}
