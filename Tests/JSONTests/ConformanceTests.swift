import JSON
import Testing

@Suite("JSONTestSuite")
struct ConformanceTests {
    @Test("accepts y_ and refuses n_, and comes back from i_", arguments: ConformanceFiles.all)
    func file(_ file: ConformanceFiles.File) {
        let result = Result { try JSONParser.parse(file.bytes) }
        switch file.name.prefix(2) {
        case "y_": #expect(throws: Never.self) { try result.get() }
        case "n_": #expect(throws: JSONError.self) { try result.get() }
        default: break
        }
    }

    @Test("what is accepted is written as text that means the same", arguments: ConformanceFiles.all)
    func roundTrip(_ file: ConformanceFiles.File) throws {
        guard let value = try? JSONParser.parse(file.bytes) else { return }
        for pretty in [false, true] {
            let text = value.serialized(pretty: pretty)
            let again = try JSONParser.parse(text)
            #expect(again.isNumericallyEqual(to: value.asWritten))
            #expect(again.serialized(pretty: pretty) == text)
        }
    }
}

extension JSONValue {
    /// The value with numbers beyond `Double` as the `null` that the writer makes of them.
    var asWritten: JSONValue {
        switch self {
        case .double(let number): number.isFinite ? self : .null
        case .array(let elements): .array(elements.map(\.asWritten))
        case .object(let object): .object(JSONObject(object.map { ($0.key, $0.value.asWritten) }))
        case .null, .bool, .int, .uint, .string: self
        }
    }
}
