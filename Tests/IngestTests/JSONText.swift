import JSON

/// A JSON text in a test.
struct JSONText: ExpressibleByStringLiteral {
    let text: String

    init(stringLiteral text: String) { self.text = text }

    var value: JSONValue {
        get throws { try JSONParser.parse(text) }
    }
}
