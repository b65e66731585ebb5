import ArgumentParser
import BridgeService
import Destination

/// Mappings files.
struct MappingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mappings",
        abstract: "Makes mappings files of what others keep.",
        subcommands: [MappingsImportCommand.self]
    )
}

/// From Segment to a file of ours.
struct MappingsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Prints a mappings file made of a destination's subscriptions in Segment; tells what differs.",
        discussion: """
            FILE is JSON in one of these forms:

              the answer of Segment's Public API to GET /destinations/ID/subscriptions
              what 'terraform show -json' prints, Terraform's state, or a .tf.json file
              the workspace's export (partnerAction, subscribe, mapping)

            What cannot be used as it is becomes a comment that says why. Standard error tells the same, and how to test the file.

            Exit status: 0 all of Loops was imported, 1 something of it became a comment, or nothing is of Loops, 2 the file cannot be read.
            """
    )

    @Argument(help: "The file to import.", completion: .file()) var file: String
    @Option(help: "Takes the subscriptions of the destination with this ID only.") var destination: String?

    func run() async throws {
        let outcome: SubscriptionImport
        do {
            let bytes = try CommandInput.read(file, as: "file of subscriptions", upTo: SubscriptionImport.fileBytesMax)
                .get()
            outcome = try SubscriptionImport(file: file, bytes: bytes, destination: destination)
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.unusable
        }
        for note in outcome.notes { Terminal.printError(note) }
        let counts =
            "\(outcome.imported) imported, \(outcome.refused) as comments, \(outcome.others) of other destinations"
        Terminal.printError("\(file): \(counts)")
        guard outcome.imported + outcome.refused > 0 else { throw ExitStatus.failed }
        Terminal.write(Array(outcome.text.utf8))
        Terminal.printError("Save the mappings as mappings.yaml and test them with events of yours:")
        for command in SubscriptionImport.commands { Terminal.printError("  \(command)") }
        if outcome.refused > 0 { throw ExitStatus.failed }
    }
}
