import BridgeService

/// `docs/reference/settings-and-commands.md`: every command and every setting, from the programs themselves.
struct ReferencePage {
    let service: CommandFacts
    let developers: CommandFacts
    let settings: [Setting]

    /// From this many on, the flags of settings are told of in one line.
    private static let manySettings = 5

    var text: String {
        """
        # Reference

        <!-- Made by `make reference` from the programs themselves; a test fails when it is stale. Do not edit. -->

        [Settings](#settings) · [Commands](#commands) · [Commands for developers](#commands-for-developers) · what commands end with: [exit statuses](exit-status.md)

        ## Settings

        By flag, by environment variable, or in a YAML file (`--config bridge.yaml`, or the one that `\(SettingsFile.environment)` names, nested by
        the dots), in that order. An empty value counts as not set. Every fault is reported at once, and an unknown key in the file is a fault.
        Secrets have no flag, since a process list shows flags to everybody; `redis.url` has one for addresses without a password.

        \(settings.map(section).joined(separator: "\n"))
        ## Commands

        \(list(service).joined(separator: "\n"))

        \(service.subcommands.map(section).joined(separator: "\n"))
        ## Commands for developers

        \(developers.discussion)

        \(list(developers).joined(separator: "\n"))

        \(developers.subcommands.map(section).joined(separator: "\n"))
        """
    }

    // MARK: Settings

    private func section(_ setting: Setting) -> String {
        let flag = isFlag(setting) ? ", flag `\(setting.flag)`" : ""
        let fallback = setting.fallback.map { "`\($0)`" } ?? "not set"
        let secret = setting.isSecret ? " Secret: never shown." : ""
        return """
            ### `\(setting.key)`

            \(setting.help.sentence)\(secret)

            `\(setting.environment)`\(flag) · \(setting.shape.description) · default: \(fallback)

            """
    }

    /// Whether some command takes it as a flag.
    private func isFlag(_ setting: Setting) -> Bool { hasFlag(setting.flag, service) }

    private func hasFlag(_ flag: String, _ command: CommandFacts) -> Bool {
        command.arguments.contains { $0.names.contains(flag) } || command.subcommands.contains { hasFlag(flag, $0) }
    }

    // MARK: Commands

    private func list(_ command: CommandFacts) -> [String] {
        ["| command | what it does |", "|---|---|"]
            + leaves(command).map { "| [`\($0.fullName)`](#\($0.fullName.anchor)) | \($0.abstract.cell) |" }
    }

    private func leaves(_ command: CommandFacts) -> [CommandFacts] {
        command.subcommands.flatMap { $0.subcommands.isEmpty ? [$0] : leaves($0) }
    }

    private func section(_ command: CommandFacts) -> String {
        var parts = ["### `\(command.fullName)`", command.abstract]
        if command.subcommands.isEmpty { parts.append("    \(command.synopsis)") }
        if !command.discussion.isEmpty { parts.append(command.discussion.blocks) }
        if let table = table(command) { parts.append(table) }
        return (parts + command.subcommands.map(section)).joined(separator: "\n\n") + "\n"
    }

    private func table(_ command: CommandFacts) -> String? {
        var arguments = command.ownArguments
        let flags = Set(settings.map(\.flag))
        let ofSettings = arguments.filter { !flags.isDisjoint(with: $0.names) }
        var rows: [String] = []
        if ofSettings.count >= Self.manySettings {
            arguments.removeAll { !flags.isDisjoint(with: $0.names) }
            rows.append("| `--<setting> <value>` | Every [setting](#settings) that has a flag. |")
        }
        rows = arguments.map { "| `\($0.usage)` | \($0.meaning.cell) |" } + rows
        return rows.isEmpty ? nil : (["| | |", "|---|---|"] + rows).joined(separator: "\n")
    }
}

extension String {
    /// With a full stop.
    fileprivate var sentence: String { hasSuffix(".") ? self : self + "." }

    /// In one cell of a table.
    fileprivate var cell: String { replacing("|", with: "\\|").replacing("\n", with: " ").markdown }

    /// What would be taken for markup stands for itself.
    fileprivate var markdown: String { replacing("<", with: "\\<") }

    /// Paragraphs, with what is indented as code.
    fileprivate var blocks: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("  ") ? "    \(line.dropFirst(2))" : String(line).markdown
        }.joined(separator: "\n")
    }

    /// The anchor of a heading, as GitHub makes it.
    fileprivate var anchor: String { replacing(" ", with: "-") }
}
