/// The members of a JSON object in the order of their first appearance.
///
/// A key appears once; setting it again replaces the value and keeps the position, as in JavaScript.
/// Keys are told apart by their UTF-8 bytes. Up to 16 keys a lookup is a linear search; above, an index takes over,
/// so that building and reading an object of 100,000 keys is not quadratic. Only removal costs O(count).
package struct JSONObject: Sendable {
    package typealias Element = (key: String, value: JSONValue)

    /// The count up to which a linear search beats hashing.
    private static let linearSearchMax = 16

    private var elements: [Element] = []
    /// Present exactly while `elements.count > linearSearchMax`; maps every key to its position in `elements`.
    private var index: [UTF8Key: Int]?

    package init() {}

    /// The pairs in their order; of a key that comes twice the first position and the last value are kept.
    package init(_ pairs: some Sequence<(String, JSONValue)>) {
        elements.reserveCapacity(pairs.underestimatedCount)
        for (key, value) in pairs { set(value, forKey: key) }
    }

    package var count: Int { elements.count }
    package var isEmpty: Bool { elements.isEmpty }
    /// The keys in order.
    package var keys: [String] { elements.map(\.key) }

    /// The value of `key`. Setting a new key appends it; setting nil removes the key.
    package subscript(key: String) -> JSONValue? {
        get {
            if let position = position(of: key) { elements[position].value } else { nil }
        }
        set {
            if let newValue { set(newValue, forKey: key) } else { removeValue(forKey: key) }
        }
    }

    /// Removes `key` and closes the gap. Returns the value it had.
    @discardableResult
    package mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let removed = elements.remove(at: position)
        index = elements.count > Self.linearSearchMax ? makeIndex() : nil
        return removed.value
    }

    mutating func reserveCapacity(_ count: Int) {
        elements.reserveCapacity(count)
    }

    mutating func set(_ value: JSONValue, forKey key: String) {
        if let position = position(of: key) {
            elements[position].value = value
        } else {
            elements.append((key, value))
            if index != nil {
                index?[UTF8Key(key)] = elements.count - 1
            } else if elements.count > Self.linearSearchMax {
                index = makeIndex()
            }
        }
    }

    /// Whether both have the same keys, in any order, with values that `areEqual` accepts.
    func hasSameKeys(as other: JSONObject, where areEqual: (JSONValue, JSONValue) -> Bool) -> Bool {
        guard count == other.count else { return false }
        for (position, element) in elements.enumerated() {
            let candidate = other.elements[position]
            if candidate.key.hasSameBytes(as: element.key) {
                guard areEqual(element.value, candidate.value) else { return false }
            } else {
                guard let value = other[element.key], areEqual(element.value, value) else { return false }
            }
        }
        return true
    }

    private func position(of key: String) -> Int? {
        if let index { return index[UTF8Key(key)] }
        var position = 0
        while position < elements.count {
            if elements[position].key.hasSameBytes(as: key) { return position }
            position &+= 1
        }
        return nil
    }

    private func makeIndex() -> [UTF8Key: Int] {
        var index: [UTF8Key: Int] = [:]
        index.reserveCapacity(elements.count * 2)
        for (position, element) in elements.enumerated() { index[UTF8Key(element.key)] = position }
        return index
    }
}

extension JSONObject: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { elements.count }
    /// The member at `position` of the key order.
    package subscript(position: Int) -> Element { elements[position] }
    /// The array's own iterator: other modules run it specialised.
    package func makeIterator() -> [Element].Iterator { elements.makeIterator() }
}

extension JSONObject: Equatable {
    /// The same keys with structurally equal values; the order of keys does not matter.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.hasSameKeys(as: right) { $0 == $1 }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: CustomStringConvertible {
    /// The compact JSON text.
    package var description: String { JSONValue.object(self).jsonText }
}
