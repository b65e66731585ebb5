import BridgeService

/// `docs/loops-bridge.1`: the manual page, for `man`.
struct ManualPage {
    let root: CommandFacts
    let settings: [Setting]
    let version: String

    var text: String {
        var lines = [
            #".\" Made by "make reference" from the program itself. Do not edit."#,
            #".TH LOOPS-BRIDGE 1 "" "loops-bridge \#(version)" "User Commands""#,
            ".SH NAME", "loops-bridge \\- \(root.abstract.roff)",
            ".SH SYNOPSIS", ".B loops-bridge", ".I command", "[options]",
            ".SH DESCRIPTION", root.discussion.paragraphs,
            ".SH COMMANDS",
        ]
        for command in leaves(root) { lines += section(command) }
        lines += [
            ".SH SETTINGS",
            "By flag, by environment variable, or in a YAML file (--config, or \(SettingsFile.environment)), in that order.",
        ]
        for setting in settings { lines += section(setting) }
        lines.append(".SH EXIT STATUS")
        for (status, meaning) in ExitStatus.all { lines += [".TP", ".B \"\(status)\"", meaning.roff] }
        lines += [
            ".SH ENVIRONMENT",
            "The variables above, and",
            ".TP", ".B \(SettingsFile.environment)", SettingsFile.help.roff,
            ".TP", ".B NO_COLOR", "No colours when it is set and not empty. Without a terminal there are none anyway.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func leaves(_ command: CommandFacts) -> [CommandFacts] {
        command.subcommands.flatMap { $0.subcommands.isEmpty ? [$0] : leaves($0) }
    }

    private func section(_ command: CommandFacts) -> [String] {
        let flags = Set(settings.map(\.flag))
        var lines = [".SS \"\(command.synopsis.roff)\"", command.abstract.roff]
        if !command.discussion.isEmpty { lines += [".PP", command.discussion.paragraphs] }
        for argument in command.ownArguments where flags.isDisjoint(with: argument.names) {
            lines += [".TP", ".B \"\(argument.usage.roff)\"", argument.meaning.roff]
        }
        if command.ownArguments.contains(where: { !flags.isDisjoint(with: $0.names) }) {
            lines += [".PP", "It also takes flags of the settings below."]
        }
        return lines
    }

    private func section(_ setting: Setting) -> [String] {
        let fallback = setting.fallback.map { "; default: \($0)" } ?? ""
        return [
            ".TP", ".BR \"\(setting.key.roff)\" \" (\(setting.environment))\"",
            "\(setting.help.roff). \((setting.shape.description + fallback).roff).",
        ]
    }
}

extension String {
    /// With everything escaped that roff would take for itself.
    fileprivate var roff: String {
        let escaped = replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
        let text = escaped.unicodeScalars.map { scalar in
            scalar.isASCII
                ? String(scalar) : "\\[u\(String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4))]"
        }.joined()
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    fileprivate func leftPadded(to width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }

    /// Several paragraphs, or lines that are to stay as they are.
    fileprivate var paragraphs: String {
        var isVerbatim = false
        var lines: [String] = []
        for line in split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            let isIndented = line.hasPrefix("  ")
            if isIndented != isVerbatim, !line.isEmpty {
                lines.append(isIndented ? ".nf" : ".fi")
                isVerbatim = isIndented
            }
            lines.append(line.isEmpty ? (isVerbatim ? "" : ".PP") : line.roff)
        }
        if isVerbatim { lines.append(".fi") }
        return lines.joined(separator: "\n")
    }
}
