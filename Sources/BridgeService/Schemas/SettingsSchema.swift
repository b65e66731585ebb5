import JSON
import Support

/// The JSON Schema (2020-12) of settings files, from the catalogue of settings, for editors. Numbers may be texts as well, and lists too: a file's values
/// are read as texts.
enum SettingsSchema {
    static func json(_ settings: [Setting]) -> JSONValue {
        var sections: JSONObject = [:]
        for setting in settings {
            let parts = setting.key.split(separator: ".", maxSplits: 1).map(String.init)
            var section = sections[parts[0]]?.objectValue ?? [:]
            section[parts[1]] = .object(schema(of: setting))
            sections[parts[0]] = .object(section)
        }
        for name in sections.keys {
            sections[name] = [
                "type": "object", "properties": sections[name] ?? [:], "additionalProperties": false,
            ]
        }
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Settings of loops-bridge",
            "description":
                "A settings file (docs/reference/settings-and-commands.md). Flags come before environment variables, these before the file.",
            "type": "object",
            "properties": .object(sections),
            "additionalProperties": false,
        ]
    }

    private static func schema(of setting: Setting) -> JSONObject {
        var schema = schema(of: setting.shape)
        let secret = setting.isSecret ? " Secret: keep the file to its readers." : ""
        schema["description"] = .string("\(setting.help). \(setting.environment).\(secret)")
        if let fallback = setting.fallback { schema["default"] = value(fallback, of: setting.shape) }
        return schema
    }

    private static func schema(of shape: Setting.Shape) -> JSONObject {
        switch shape {
        case .text, .path: ["type": ["string", "number", "boolean"]]
        case .integer(let range):
            [
                "type": ["integer", "string"], "minimum": .int(Int64(range.lowerBound)),
                "maximum": .int(Int64(range.upperBound)), "pattern": "^[0-9]+$",
            ]
        case .number(let range):
            [
                "type": ["number", "string"], "minimum": number(range.lowerBound), "maximum": number(range.upperBound),
                "pattern": #"^[0-9]+(\.[0-9]+)?$"#,
            ]
        // YAML makes a number of what looks like one.
        case .choice(let values):
            ["enum": .array(values.map { .string($0) } + values.compactMap { Int64($0).map { .int($0) } })]
        case .duration: ["type": "string", "pattern": .string(Duration.patternWithUnit)]
        case .weightedList, .list: ["type": ["string", "number", "array"], "items": ["type": ["string", "number"]]]
        }
    }

    private static func value(_ text: String, of shape: Setting.Shape) -> JSONValue {
        switch shape {
        case .integer, .number: Double(text).map(number) ?? .string(text)
        default: .string(text)
        }
    }

    private static func number(_ value: Double) -> JSONValue {
        Int64(exactly: value).map { .int($0) } ?? .double(value)
    }
}
