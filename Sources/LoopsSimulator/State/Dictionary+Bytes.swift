import JSON

extension Dictionary where Key == String {
    /// The value of a key with these bytes: `String` itself takes the two forms of `é` for one.
    func exactly(_ key: String) -> Value? {
        guard let index = index(forKey: key), self[index].key.isSameBytes(as: key) else { return nil }
        return self[index].value
    }
}

extension String {
    /// Loops compares in a database and in JavaScript, neither of which knows canonical equivalence.
    func isSameBytes(as other: String) -> Bool { UTF8Key(self) == UTF8Key(other) }
}
