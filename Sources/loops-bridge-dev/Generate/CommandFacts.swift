import JSON

/// A command of the program as argument-parser describes it (`--experimental-dump-help`), with its subcommands. The one source of all reference
/// documentation of commands.
struct CommandFacts: Equatable {
    struct Argument: Equatable {
        enum Kind: String {
            case positional, option, flag
        }

        let kind: Kind
        /// `--limit`, `-h`; empty for a positional one.
        let names: [String]
        /// What stands for the value in a synopsis.
        let valueName: String
        let abstract: String
        let isOptional: Bool
        let isRepeating: Bool
        let fallback: String?
        /// The values that it may have; empty when there are too many to say.
        let choices: [String]

        /// As it is typed: `--limit <limit>`, `<file>`.
        var usage: String {
            switch kind {
            case .positional: "<\(valueName)>" + (isRepeating ? " ..." : "")
            case .flag: names.last ?? ""
            case .option: "\(names.last ?? "") <\(valueName)>"
            }
        }
    }

    let name: String
    /// The names of the commands above it, outermost first.
    let path: [String]
    let abstract: String
    let discussion: String
    let arguments: [Argument]
    let subcommands: [CommandFacts]

    /// As it is typed, without arguments: `loops-bridge dead list`.
    var fullName: String { (path + [name]).joined(separator: " ") }

    /// argument-parser describes commands in a form that this program does not know.
    struct UnknownForm: Error, CustomStringConvertible {
        var description: String { "argument-parser describes commands in another form than this program knows" }
    }

    /// - Parameter dump: what `--experimental-dump-help` prints.
    init(dump: String) throws(UnknownForm) {
        guard let command = (try? JSONParser.parse(dump))?["command"], let facts = CommandFacts(command, path: [])
        else {
            throw UnknownForm()
        }
        self = facts
    }

    private init?(_ value: JSONValue, path: [String]) {
        guard let name = value["commandName"]?.stringValue else { return nil }
        self.name = name
        self.path = path
        abstract = value["abstract"]?.stringValue ?? ""
        discussion = value["discussion"]?.stringValue ?? ""
        arguments = (value["arguments"]?.arrayValue ?? []).compactMap { Argument($0) }
        subcommands = (value["subcommands"]?.arrayValue ?? []).compactMap {
            // What every command has needs no section of its own.
            $0["shouldDisplay"]?.boolValue == false || $0["commandName"] == "help"
                ? nil : CommandFacts($0, path: path + [name])
        }
    }

    /// Without help and version, which every command has.
    var ownArguments: [Argument] {
        arguments.filter { !$0.names.contains("--help") && !$0.names.contains("--version") }
    }

    /// The line that says how it is used.
    var synopsis: String {
        let hasOptions = ownArguments.contains { $0.kind != .positional && $0.isOptional }
        let needed = ownArguments.filter { $0.kind != .positional && !$0.isOptional }.map(\.usage)
        let positional = ownArguments.filter { $0.kind == .positional }.map {
            $0.isOptional ? "[\($0.usage)]" : $0.usage
        }
        let command = subcommands.isEmpty ? [] : ["<command>"]
        return ([fullName] + (hasOptions ? ["[options]"] : []) + needed + positional + command).joined(separator: " ")
    }
}

extension CommandFacts.Argument {
    fileprivate init?(_ value: JSONValue) {
        guard value["shouldDisplay"]?.boolValue != false, let kind = value["kind"]?.stringValue.flatMap(Kind.init)
        else { return nil }
        self.kind = kind
        names = (value["names"]?.arrayValue ?? []).compactMap { name in
            name["name"]?.stringValue.map { (name["kind"] == "short" ? "-" : "--") + $0 }
        }
        valueName = value["valueName"]?.stringValue ?? "value"
        abstract = value["abstract"]?.stringValue ?? ""
        isOptional = value["isOptional"]?.boolValue ?? true
        isRepeating = value["isRepeating"]?.boolValue ?? false
        fallback = value["defaultValue"]?.stringValue
        choices = (value["allValues"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// What it means, with its default and what it may be.
    var meaning: String {
        var parts = [abstract]
        if !choices.isEmpty { parts.append("One of \(choices.joined(separator: ", ")).") }
        if let fallback { parts.append("Default: \(fallback).") }
        return parts.joined(separator: " ")
    }
}
