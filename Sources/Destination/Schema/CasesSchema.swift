package import JSON
import Loops

/// The JSON Schema (2020-12) of files of cases, for editors.
package enum CasesSchema {
    package static let fileName = "cases.schema.json"
    package static let editorLine = "yaml-language-server: $schema=\(fileName)"

    package static var json: JSONValue {
        var schema = object(CaseKey.ofFile, required: [.cases])
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Cases for mappings of loops-bridge"
        schema["description"] =
            "What 'loops-bridge test' runs: an event in, the requests expected (docs/how-to/write-mappings.md)."
        schema["$defs"] = [
            "case": .object(object(CaseKey.ofCase, required: [.event, .expect])),
            "expectation": .object(expectation),
            "request": .object(object(CaseKey.ofRequest, required: [.path, .body])),
        ]
        return .object(schema)
    }

    private static var expectation: JSONObject {
        var schema = object(CaseKey.ofExpectation, required: [])
        schema["oneOf"] = .array([CaseKey.request, .error].map { ["required": [.string($0.rawValue)]] })
        return schema
    }

    private static func object(_ keys: [CaseKey], required: [CaseKey]) -> JSONObject {
        [
            "type": "object",
            "properties": .object(JSONObject(keys.map { ($0.rawValue, schema(of: $0)) })),
            "required": .array(required.map { .string($0.rawValue) }),
            "additionalProperties": false,
        ]
    }

    private static func schema(of key: CaseKey) -> JSONValue {
        switch key {
        case .mappings: text("The mappings file, from this file's folder; the destination's two presets if left out.")
        case .cases: ["type": "array", "minItems": 1, "items": ["$ref": "#/$defs/case"]]
        case .name, .mapping, .method: text(nil)
        case .event: ["type": "object", "description": "An event, as {type: track, userId: u1, event: Signed Up}."]
        case .expect:
            [
                "description": "'ignored', or what each mapping that matches gives, in the order of the mappings.",
                "anyOf": [
                    ["const": "ignored"], ["$ref": "#/$defs/expectation"],
                    ["type": "array", "items": ["$ref": "#/$defs/expectation"]],
                ],
            ]
        case .request: ["$ref": "#/$defs/request"]
        case .error:
            [
                "description":
                    "The fault of each field; 'invalid' for any of these; 'mapping' where a directive fails.",
                "anyOf": [
                    ["enum": ["invalid", "mapping"]],
                    [
                        "type": "object", "minProperties": 1,
                        "additionalProperties": [
                            "enum": .array(FieldError.Keyword.allCases.map { .string($0.rawValue) })
                        ],
                    ],
                ],
            ]
        case .path: ["enum": .array(LoopsAction.allCases.map { .string($0.traits.path) })]
        case .body: ["type": "object", "description": "The whole body. The order of keys does not count."]
        }
    }

    private static func text(_ description: String?) -> JSONValue {
        var schema: JSONObject = ["type": "string", "minLength": 1]
        schema["description"] = description.map { .string($0) }
        return .object(schema)
    }
}
