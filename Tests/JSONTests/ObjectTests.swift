import DevKit
import JSON
import Support
import Testing

@Suite("JSON object")
struct ObjectTests {
    @Test("keeps the order of first appearance")
    func order() {
        var object = JSONObject([("b", 1), ("a", 2), ("b", 3)])
        #expect(object.keys == ["b", "a"])
        #expect(object["b"] == 3)
        object["c"] = 4
        object["b"] = nil
        #expect(object.keys == ["a", "c"])
        object["b"] = 5
        #expect(object.map(\.key) == ["a", "c", "b"])
        #expect(object.removeValue(forKey: "x") == nil)
        #expect(object.removeValue(forKey: "c") == 4)
        #expect(object.count == 2)
        #expect(!object.isEmpty)
        #expect(object.description == #"{"a":2,"b":5}"#)
    }

    @Test("is equal whatever the order, not whatever the values")
    func equality() {
        let object: JSONObject = ["a": 1, "b": [2]]
        #expect(object == ["b": [2], "a": 1])
        #expect(object != ["b": [2], "a": 2])
        #expect(object != ["b": [2]])
        #expect(object != ["b": [2], "c": 1])
    }

    @Test("behaves the same below and above the size where an index takes over", arguments: [1, 2, 3, 4])
    func againstModel(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var object = JSONObject()
        var model: [(key: String, value: Int64)] = []
        for step in 0..<2_000 {
            let key = "key-\(Int.random(in: 0..<40, using: &generator))"
            let position = model.firstIndex { $0.key == key }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                let removed = object.removeValue(forKey: key)
                #expect(removed?.integerValue == position.map { model.remove(at: $0).value })
            } else {
                object[key] = .int(Int64(step))
                if let position { model[position].value = Int64(step) } else { model.append((key, Int64(step))) }
            }
            #expect(object[key]?.integerValue == model.first { $0.key == key }?.value)
            #expect(object.count == model.count)
        }
        #expect(object.keys == model.map(\.key))
    }

    @Test("takes 100,000 keys")
    func large() throws {
        var text = "{"
        for number in 0..<100_000 { text += "\(number == 0 ? "" : ",")\"key-\(number)\":\(number)" }
        let value = try JSONParser.parse(text + "}")
        #expect(value.objectValue?.count == 100_000)
        #expect(value["key-99999"] == 99_999)
        #expect(value == (try JSONParser.parse(text + "}")))
    }
}
