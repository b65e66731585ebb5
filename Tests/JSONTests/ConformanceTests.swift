import JSON
import Testing

@Suite("Conformance with RFC 8259")
struct ConformanceTests {
    @Test("there are as many vectors as there should be")
    func counts() {
        #expect(ConformanceVectors.accepted.count == 63)
        #expect(ConformanceVectors.refused.count == 144)
        #expect(ConformanceVectors.free.count == 13)
    }

    @Test("takes what it has to take")
    func accepted() {
        for vector in ConformanceVectors.accepted {
            #expect(throws: Never.self, "\(vector.about)") { try JSONParser.parse(vector.bytes) }
        }
    }

    @Test("refuses what it has to refuse")
    func refused() {
        for vector in ConformanceVectors.refused {
            #expect(throws: JSONError.self, "\(vector.about)") { try JSONParser.parse(vector.bytes) }
        }
    }

    @Test("comes back from all else")
    func free() {
        for vector in ConformanceVectors.free { _ = try? JSONParser.parse(vector.bytes) }
    }

    @Test("what is accepted is written as text that means the same")
    func roundTrip() throws {
        var count = 0
        for vector in ConformanceVectors.accepted + ConformanceVectors.free {
            guard let value = try? JSONParser.parse(vector.bytes) else { continue }
            count += 1
            for pretty in [false, true] {
                let text = value.serialized(pretty: pretty)
                let again = try JSONParser.parse(text)
                #expect(again.isNumericallyEqual(to: value.asWritten), "\(vector.about)")
                #expect(again.serialized(pretty: pretty) == text)
            }
        }
        #expect(count >= ConformanceVectors.accepted.count)
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
