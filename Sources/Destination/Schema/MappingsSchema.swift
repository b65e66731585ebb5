package import JSON
import Loops
import Segment
import Support

/// The JSON Schema (2020-12) of mappings files, for editors. What it takes, the program may still refuse: triggers, paths and templates are read by
/// `loops-bridge check` only.
package enum MappingsSchema {
    package static let fileName = "mappings.schema.json"
    /// The comment by which an editor with yaml-language-server finds the schema: beside the file.
    package static let editorLine = "yaml-language-server: $schema=\(fileName)"

    package static var json: JSONValue {
        var definitions: JSONObject = [
            "list": [
                "type": "array", "minItems": 1, "maxItems": .int(Int64(Destination.mappingsMax)),
                "items": [
                    "if": ["anyOf": [["required": ["partnerAction"]], ["required": ["subscribe"]]]],
                    "then": ["$ref": "#/$defs/exported"],
                    "else": ["$ref": "#/$defs/mapping"],
                ],
            ],
            "mapping": form(isExport: false),
            "exported": form(isExport: true),
            "value": value,
        ]
        for action in LoopsAction.allCases {
            definitions[fieldsName(action, fillsDefaults: true)] = fields(of: action, fillsDefaults: true)
            definitions[fieldsName(action, fillsDefaults: false)] = fields(of: action, fillsDefaults: false)
        }
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Mappings of loops-bridge",
            "description": "Which events become which requests to Loops (docs/reference/mapping-language.md).",
            "type": ["object", "array"],
            "if": ["type": "array"],
            "then": ["$ref": "#/$defs/list"],
            "else": [
                "properties": [MappingKey.list: ["$ref": "#/$defs/list"]],
                "required": [.string(MappingKey.list)], "additionalProperties": false,
            ],
            "$defs": .object(definitions),
        ]
    }

    // MARK: A mapping

    private static func form(isExport: Bool) -> JSONValue {
        let keys = MappingKey.known(isExport: isExport)
        return [
            "type": "object",
            "properties": .object(JSONObject(keys.map { ($0.rawValue, schema(of: $0)) })),
            "required": [.string(MappingKey.actionKey(isExport: isExport).rawValue)],
            "additionalProperties": false,
            "allOf": .array(LoopsAction.allCases.map { rules(for: $0, isExport: isExport) }),
        ]
    }

    /// What holds for the mappings of one action.
    private static func rules(for action: LoopsAction, isExport: Bool) -> JSONValue {
        let traits = action.traits
        let (actionKey, triggerKey) = (
            MappingKey.actionKey(isExport: isExport), MappingKey.triggerKey(isExport: isExport)
        )
        let mapping = MappingKey.mapping.rawValue
        let alone: JSONValue = ["properties": [mapping: reference(fieldsName(action, fillsDefaults: false))]]
        let filled: JSONValue = ["properties": [mapping: reference(fieldsName(action, fillsDefaults: true))]]
        var then: JSONObject = [:]
        var required: [JSONValue] = []
        if traits.defaultTrigger == nil { required.append(.string(triggerKey.rawValue)) }
        if traits.fields.contains(where: { $0.isRequired && traits.defaultMapping[$0.name] == nil }) {
            required.append(.string(mapping))
        }
        if !required.isEmpty { then["required"] = .array(required) }
        if traits.defaultMaxAge == nil {
            then["dependentRequired"] = [MappingKey.whenTooOld.rawValue: [.string(MappingKey.maxAge.rawValue)]]
        }
        if isExport {
            then["allOf"] = [alone]
        } else {
            let key = MappingKey.useDefaults.rawValue
            then["if"] = ["properties": [key: ["const": false]], "required": [.string(key)]]
            then["then"] = alone
            then["else"] = filled
        }
        return [
            "if": [
                "properties": [actionKey.rawValue: ["const": .string(action.rawValue)]],
                "required": [.string(actionKey.rawValue)],
            ],
            "then": .object(then),
        ]
    }

    private static func schema(of key: MappingKey) -> JSONValue {
        switch key {
        case .name: text("Shown in results, logs and dead letters, and a part of the idempotency key: keep it.")
        case .enabled: ["type": "boolean", "default": true]
        case .action, .partnerAction: choice(LoopsAction.allCases.map(\.rawValue), "What Loops is asked to do.")
        case .trigger, .subscribe:
            text(#"For which events, in Segment's filter language: type = "track". The action's own if left out."#)
        case .mapping: ["type": "object", "description": "The fields of the request, in Segment's mapping language."]
        case .useDefaults:
            [
                "type": "boolean", "default": true,
                "description": "Whether the action's defaults fill the fields that the mapping leaves out.",
            ]
        case .priority:
            [
                "type": "integer", "minimum": .int(MappingKey.priorities.lowerBound),
                "maximum": .int(MappingKey.priorities.upperBound), "description": "Higher first.",
            ]
        case .maxAge:
            [
                "type": "string", "pattern": .string(Duration.patternWithUnit),
                "description": "How old an event may be when its request is sent: 90s, 5m, 6h, 2d.",
            ]
        case .whenTooOld: choice(LatePolicy.allCases.map(\.rawValue), "What becomes of an event that is older.")
        case .options:
            [
                "type": "object", "additionalProperties": false,
                "properties": .object(JSONObject(OptionKey.allCases.map { ($0.rawValue, schema(of: $0)) })),
            ]
        }
    }

    private static func schema(of key: OptionKey) -> JSONValue {
        switch key {
        case .nested:
            choice(
                ContentOptions.Nested.allCases.map(\.rawValue),
                "Objects and lists in properties, which Loops does not know."
            )
        case .longText:
            choice(ContentOptions.LongText.allCases.map(\.rawValue), "Texts that are longer than Loops takes.")
        case .dropReserved:
            ["type": "boolean", "description": "Whether contact properties with a reserved name are left out."]
        case .allow:
            ["type": "array", "items": ["type": "string"], "description": "The only contact properties that are sent."]
        }
    }

    // MARK: Fields

    private static func fieldsName(_ action: LoopsAction, fillsDefaults: Bool) -> String {
        fillsDefaults ? action.rawValue : "\(action.rawValue)WithoutDefaults"
    }

    /// A directive in place of the fields gives them all, so that no defaults can stand beside it; one at the root wraps them.
    private static func fields(of action: LoopsAction, fillsDefaults: Bool) -> JSONValue {
        let traits = action.traits
        let names = traits.fields.map(\.name) + [EventMapping.rootDirectiveKey]
        let required = traits.fields.filter { field in
            field.isRequired && !(fillsDefaults && traits.defaultMapping[field.name] != nil)
        }
        var properties: JSONObject = [:]
        for field in traits.fields {
            let need = field.isRequired ? "Required. " : ""
            properties[field.name] = ["$ref": "#/$defs/value", "description": .string("\(need)\(field.kind.rawValue)")]
        }
        return [
            "type": "object",
            "properties": .object(properties),
            "if": ["propertyNames": ["pattern": "^(?!@)"]],
            "then": [
                "propertyNames": ["enum": .array(names.map { .string($0) })],
                "if": ["not": ["required": [.string(EventMapping.rootDirectiveKey)]]],
                "then": ["required": .array(required.map { .string($0.name) })],
            ],
            "else": fillsDefaults && !traits.defaultMapping.isEmpty ? false : ["$ref": "#/$defs/value"],
        ]
    }

    /// Constants, and directives wherever an object has a key that begins with @.
    private static var value: JSONValue {
        let names = EventMapping.directives + [EventMapping.metadataKey]
        let inner: JSONValue = ["$ref": "#/$defs/value"]
        return [
            "if": ["type": "object", "not": ["propertyNames": ["pattern": "^(?!@)"]]],
            "then": [
                "propertyNames": ["enum": .array(names.map { .string($0) })],
                "maxProperties": 2,
                "properties": ["@literal": true, EventMapping.metadataKey: true],
                "additionalProperties": inner,
            ],
            "else": ["additionalProperties": inner, "items": inner],
        ]
    }

    // MARK: Parts

    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }

    private static func text(_ description: String) -> JSONValue {
        ["type": "string", "minLength": 1, "description": .string(description)]
    }

    private static func choice(_ values: [String], _ description: String) -> JSONValue {
        ["enum": .array(values.map { .string($0) }), "description": .string(description)]
    }
}

extension MappingKey {
    static func actionKey(isExport: Bool) -> MappingKey { isExport ? .partnerAction : .action }
    static func triggerKey(isExport: Bool) -> MappingKey { isExport ? .subscribe : .trigger }
}
