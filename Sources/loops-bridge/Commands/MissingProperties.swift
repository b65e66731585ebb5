import Bridge
import BridgeService
import Destination
import Loops

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Contact properties that mappings name and Loops lacks, each once, with the type that their values have.
struct MissingProperties {
    private let types: [(name: String, type: LoopsAccount.PropertyType, resembled: String?)]

    init(_ destination: Destination, _ account: LoopsAccount) {
        var seen: Set<String> = []
        types = destination.accountNames.filter { name in
            name.kind == .contactProperty && account.properties[name.name] == nil && seen.insert(name.name).inserted
        }.map { name in
            // What comes from the event may be anything; a text takes most.
            let type = name.literal.flatMap { LoopsAccount.PropertyType(of: $0) } ?? .string
            return (name.name, type, account.property(like: name.name))
        }
    }

    /// - Parameter asks: whether a person says yes to each, or another type; if not, what resembles a property of Loops is left out.
    /// - Returns: whether all that was wanted was made.
    func create(_ client: LoopsClient, asks: Bool) async throws -> Bool {
        if types.isEmpty {
            Terminal.line("No contact property is missing.")
            return true
        }
        if asks, isatty(STDIN_FILENO) != 1 {
            let names = types.map { "\($0.name.shown) (\($0.type.rawValue))" }.joined(separator: ", ")
            Terminal.printError("Nothing was made: give --yes to make these without being asked: \(names)")
            throw ExitStatus.unusable
        }
        var isGood = true
        for (name, guess, resembled) in types {
            // A misspelt name would be a property for good: Loops cannot rename it.
            if let resembled, !asks {
                isGood = false
                Terminal.printError(
                    "'\(name.shown)' was not made: Loops has '\(resembled.shown)'. Correct the mapping, or run this without --yes"
                )
                continue
            }
            guard let type = asks ? Self.answer(name, guess) : guess else {
                Terminal.line("'\(name.shown)' was left out.")
                continue
            }
            let response = await client.createProperty(name, type)
            if response.outcome.isDelivered {
                Terminal.line("The contact property '\(name.shown)' was made: \(type.rawValue)")
            } else {
                isGood = false
                Terminal.printError("The contact property '\(name.shown)' was not made: \(response.message.shown)")
            }
        }
        return isGood
    }

    /// - Returns: nil for no.
    private static func answer(_ name: String, _ guess: LoopsAccount.PropertyType) -> LoopsAccount.PropertyType? {
        let words = LoopsAccount.PropertyType.allCases.map(\.rawValue).joined(separator: ", ")
        while true {
            Terminal.tell(
                Array("Make the contact property '\(name.shown)' as \(guess.rawValue)? [y/N, or \(words)] ".utf8)
            )
            let answer = (readLine() ?? "").filter { $0 != " " && $0 != "\t" }.lowercased()
            if answer == "y" || answer == "yes" { return guess }
            if answer.isEmpty || answer == "n" || answer == "no" { return nil }
            if let type = LoopsAccount.PropertyType(rawValue: answer) { return type }
        }
    }
}
