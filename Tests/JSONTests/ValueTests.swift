import JSON
import Testing

@Suite("JSON value")
struct ValueTests {
    @Test("answers only for its own kind")
    func accessors() {
        #expect(JSONValue.string("a").stringValue == "a")
        #expect(JSONValue.int(1).stringValue == nil)
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(JSONValue.int(1).boolValue == nil)
        #expect(JSONValue.array([1]).arrayValue == [1])
        #expect(JSONValue.object(["a": 1])["a"] == 1)
        #expect(JSONValue.object(["a": 1])["b"] == nil)
        #expect(JSONValue.string("a")["a"] == nil)
        #expect(JSONValue.null.isNull)
        #expect([JSONValue.int(2), .uint(.max), .double(2.5), "2"].map(\.doubleValue) == [2, 0x1p64, 2.5, nil])
        #expect([JSONValue.int(2), .uint(.max), .double(2), .double(2.5)].map(\.integerValue) == [2, nil, 2, nil])
        #expect([JSONValue.double(0x1p63), .double(-0x1p63), .double(.nan)].map(\.integerValue) == [nil, .min, nil])
    }

    @Test("is equal by kind, and numerically equal as JavaScript sees numbers")
    func equality() {
        #expect(JSONValue.int(1) != .double(1))
        #expect(JSONValue.int(1).isNumericallyEqual(to: .double(1)))
        #expect(JSONValue.int(.max).isNumericallyEqual(to: .uint(UInt64(Int64.max) + 1)))
        let left: JSONValue = ["a": [1, 2.0], "b": "x"]
        let right: JSONValue = ["b": "x", "a": [1.0, 2]]
        #expect(left != right)
        #expect(left.isNumericallyEqual(to: right))
        #expect(!left.isNumericallyEqual(to: ["b": "x", "a": [1, 3]]))
        #expect(!JSONValue.int(1).isNumericallyEqual(to: "1"))
        #expect(!JSONValue.null.isNumericallyEqual(to: false))
        #expect(!JSONValue.array([1]).isNumericallyEqual(to: [1, 2]))
    }
}
