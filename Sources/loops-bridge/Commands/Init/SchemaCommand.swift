import ArgumentParser
import BridgeService

/// What editors check files by.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of mappings files, files of cases or settings files, for editors.",
        discussion: """
            An editor with yaml-language-server takes the schema that a file names in a comment, here one beside it:

              # yaml-language-server: $schema=mappings.schema.json

              loops-bridge schema mappings >mappings.schema.json

            The schemas are of this version of the program: print them again after an upgrade. They know keys and kinds of values; 'loops-bridge check' \
            knows triggers, paths and templates too.
            """
    )

    @Argument(help: .init("Of which files: mappings, cases or settings.", valueName: "files")) var name: FileSchemaName

    func run() async throws { Terminal.write(Array(name.schema.text.utf8)) }
}

/// A schema, as it is typed.
struct FileSchemaName: ExpressibleByArgument {
    static let allValueStrings = FileSchema.allCases.map(\.rawValue)
    let schema: FileSchema

    init?(argument: String) {
        guard let schema = FileSchema(rawValue: argument) else { return nil }
        self.schema = schema
    }
}
