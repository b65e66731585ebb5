import JSON

/// Makes a mappings file of what people have of their destination in Segment: the Public API's answer, Terraform's state or configuration, the
/// workspace's export.
package struct SubscriptionImport: Sendable, Equatable {
    /// The mappings file, in YAML with comments. It loads when ``imported`` is not 0.
    package let text: String
    /// What differs or could not be, one sentence each; it stands in the file, too.
    package let notes: [String]
    package let imported: Int
    /// Subscriptions of Loops that are comments in the file, since they cannot be used as they are.
    package let refused: Int
    /// Subscriptions of other destinations.
    package let others: Int

    /// - Parameters:
    ///   - file: its name, for the text and the faults.
    ///   - bytes: its content, at most ``fileBytesMax``.
    ///   - destination: the ID of the one whose subscriptions are taken; all if nil.
    /// - Throws: ``MappingsFileFaults`` when the file has none of the forms.
    package init(file: String, bytes: [UInt8], destination: String? = nil) throws(MappingsFileFaults) {
        let source: SubscriptionFile
        do throws(MappingsFileFaults.Fault) {
            source = try SubscriptionFile(try Self.root(bytes))
        } catch {
            throw MappingsFileFaults(file: file, faults: [error])
        }
        var notes = source.notes
        var body = ""
        var names: Set<String> = []
        var destinations: [String] = []
        var (imported, refused, others) = (0, 0, 0)
        for subscription in source.subscriptions {
            if let destination, subscription.destination != destination {
                others += 1
                continue
            }
            let name = Self.unique(subscription.name ?? subscription.action ?? "mapping", among: names)
            var conversion = SubscriptionConversion(subscription, name: name)
            if conversion.mapping != nil, conversion.faults.isEmpty, imported == Destination.mappingsMax {
                conversion.refuse("a mappings file has at most \(Destination.mappingsMax) mappings")
            }
            let title = subscription.name.map { "'\($0)'" } ?? "a subscription without a name"
            notes += (conversion.faults + conversion.notes).map { "\(title) (\(subscription.place)): \($0)" }
            guard let mapping = conversion.mapping else {
                others += 1
                continue
            }
            names.insert(name)
            if let id = subscription.destination, !destinations.contains(id) { destinations.append(id) }
            if conversion.faults.isEmpty { imported += 1 } else { refused += 1 }
            body += "\n" + Self.block(mapping, conversion, at: subscription.place)
        }
        if destinations.count > 1 {
            notes.insert(
                "the mappings are of \(destinations.count) destinations (\(destinations.joined(separator: ", "))): --destination takes those of one",
                at: 0
            )
        }
        self.imported = imported
        self.refused = refused
        self.others = others
        self.notes = notes
        text = Self.head(file, source.form, notes) + "mappings:\n" + String(body.dropFirst()) + Self.foot
    }

    /// The longest file that is read, in bytes: a state holds everything that Terraform keeps.
    package static let fileBytesMax = 16 * 1024 * 1024
    static let limits = JSONParser.Limits(depth: MappingsDocument.depthMax)

    private static func root(_ bytes: [UInt8]) throws(MappingsFileFaults.Fault) -> JSONValue {
        guard bytes.count <= fileBytesMax else {
            throw MappingsFileFaults.Fault(line: 1, path: "", reason: "more than \(fileBytesMax) bytes")
        }
        do throws(JSONError) {
            return try JSONParser.parse(bytes, limits: limits)
        } catch {
            // Terraform's own language is the likeliest of all that is no JSON.
            let isTerraform = String(decoding: bytes, as: UTF8.self).contains("resource \"segment_")
            throw MappingsFileFaults.Fault(
                line: isTerraform ? 1 : error.line,
                path: "",
                reason: isTerraform
                    ? "is in Terraform's own language, which is not read: import what 'terraform show -json' prints"
                    : "not JSON: \(error.reason), at column \(error.column)"
            )
        }
    }

    /// The check that tests the file, for its end and for the terminal.
    package static let commands = [
        "loops-bridge check --mappings mappings.yaml",
        "loops-bridge map --mappings mappings.yaml --explain <events.ndjson",
    ]

    private static func head(_ file: String, _ form: String, _ notes: [String]) -> String {
        var lines = [
            MappingsSchema.editorLine,
            "From \(file), \(form), by 'loops-bridge mappings import'.",
            "Editors check it by the schema beside it: 'loops-bridge schema mappings >\(MappingsSchema.fileName)' makes that.",
            "Segment sends only the fields that a mapping names, and so does a mapping with 'useDefaults: false'.",
            "Not in the file, and so not here: filters, insert functions and schema controls before the destination.",
        ]
        if !notes.isEmpty { lines += ["", "What differs, was guessed, or cannot be:"] + notes.map { "- " + $0 } }
        return lines.map(YAMLText.comment).joined() + "\n"
    }

    private static var foot: String {
        (["", "Test this file with events of yours:"] + commands.map { "  " + $0 }).enumerated().map {
            $0.offset == 0 ? "\n" : YAMLText.comment($0.element)
        }.joined()
    }

    private static func block(_ mapping: JSONObject, _ conversion: SubscriptionConversion, at place: String) -> String {
        let comments = ([place] + conversion.faults + conversion.notes).map { "  " + YAMLText.comment($0) }.joined()
        let entry = YAMLText.element(mapping, indentation: 2)
        guard !conversion.faults.isEmpty else { return comments + entry }
        return comments + entry.split(separator: "\n").map { "  # \($0.dropFirst(2))\n" }.joined()
    }

    private static func unique(_ name: String, among names: Set<String>) -> String {
        var unique = name
        var number = 2
        while names.contains(unique) {
            unique = "\(name) \(number)"
            number += 1
        }
        return unique
    }
}
