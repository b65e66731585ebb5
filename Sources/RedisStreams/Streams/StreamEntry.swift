/// One field of an entry. Names and values are bytes.
package struct StreamField: Sendable, Equatable {
    package let name: Bytes
    package let value: Bytes

    package init(name: Bytes, value: Bytes) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ value: String) {
        self.init(name: Bytes(name.utf8), value: Bytes(value.utf8))
    }
}

/// One entry of a stream.
package struct StreamEntry: Sendable, Equatable {
    package let id: StreamID
    /// nil: the entry is pending, but was trimmed or deleted from the stream.
    package let fields: [StreamField]?

    /// The bytes of names and values, and a little for the entry itself.
    package var byteCount: Int { (fields ?? []).reduce(64) { $0 + $1.name.count + $1.value.count } }

    package init(id: StreamID, fields: [StreamField]?) {
        self.id = id
        self.fields = fields
    }

    init(_ value: RedisValue, of command: String) throws(RedisError) {
        guard let parts = value.array, parts.count == 2, let id = StreamID(parts[0]) else {
            throw .unexpectedReply(to: command)
        }
        self.id = id
        guard let flat = parts[1].array else {
            fields = nil
            return
        }
        guard flat.count.isMultiple(of: 2) else { throw .unexpectedReply(to: command) }
        var fields: [StreamField] = []
        fields.reserveCapacity(flat.count / 2)
        for index in stride(from: 0, to: flat.count, by: 2) {
            guard let name = flat[index].bytes, let value = flat[index + 1].bytes else {
                throw .unexpectedReply(to: command)
            }
            fields.append(StreamField(name: name, value: value))
        }
        self.fields = fields
    }

    /// The entries of a reply of `XRANGE`'s form; a null reply has none.
    /// - Parameter command: what was replied to, for the error; a script unless given.
    package static func list(
        from value: RedisValue,
        of command: String = "EVALSHA"
    ) throws(RedisError) -> [StreamEntry] {
        if case .null = value { return [] }
        guard let items = value.array else { throw .unexpectedReply(to: command) }
        var entries: [StreamEntry] = []
        entries.reserveCapacity(items.count)
        for item in items where item != .null { entries.append(try StreamEntry(item, of: command)) }
        return entries
    }

    /// The entries of one stream in a reply of `XREADGROUP`'s form.
    package static func ofOneStream(_ value: RedisValue) throws(RedisError) -> [StreamEntry] {
        try single(from: value, of: "XREADGROUP")
    }

    /// The entries of one stream in a reply of `XREAD`'s form.
    static func single(from value: RedisValue, of command: String) throws(RedisError) -> [StreamEntry] {
        if case .null = value { return [] }
        guard let streams = value.array, let first = streams.first?.array, first.count == 2 else {
            throw .unexpectedReply(to: command)
        }
        return try list(from: first[1], of: command)
    }
}
