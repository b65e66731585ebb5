import Destination
package import JSON

/// The schemas of the files that people write. They have no published address: `loops-bridge schema` prints them, `init` puts them beside the files.
package enum FileSchema: String, CaseIterable, Sendable {
    case mappings, cases, settings

    package var json: JSONValue {
        switch self {
        case .mappings: MappingsSchema.json
        case .cases: CasesSchema.json
        case .settings: SettingsSchema.json(Setting.all)
        }
    }

    /// As it is written into a file.
    package var text: String { String(decoding: json.serialized(pretty: true), as: UTF8.self) + "\n" }

    package var fileName: String {
        switch self {
        case .mappings: MappingsSchema.fileName
        case .cases: CasesSchema.fileName
        case .settings: "settings.schema.json"
        }
    }
}
