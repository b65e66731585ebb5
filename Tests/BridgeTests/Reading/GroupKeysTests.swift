import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("GroupKeys: a stream and everything of it live in one cluster slot")
struct GroupKeysTests {
    @Test("A plain name becomes the hash tag of what is derived from it")
    func plain() {
        let keys = GroupKeys(stream: "segment:events", group: "g")
        #expect(keys.stream == "segment:events")
        #expect(keys.state == "{segment:events}:bridge:g")
        #expect(keys.deadLetters == "{segment:events}:dead")
    }

    @Test("A tag that the name has already is kept", arguments: ["{a}", "x{a}y", "{a}{b}", "{a}}"])
    func tagged(stream: String) {
        #expect(GroupKeys(stream: stream, group: "g").state == "\(stream):bridge:g")
    }

    @Test(
        "The names for which no key can be made are those that the documentation tells",
        arguments: ["a}b", "a{}b", "}a{", "{}{a}", "{}"]
    )
    func impossible(stream: String) {
        let keys = GroupKeys(stream: stream, group: "g")
        #expect(hashedPart(of: keys.stream) == Array(stream.utf8))
        #expect(hashedPart(of: keys.state) != Array(stream.utf8))
    }

    @Test("Groups have their own state; a configured dead-letter stream is taken as it is")
    func others() {
        #expect(GroupKeys(stream: "s", group: "a").state != GroupKeys(stream: "s", group: "b").state)
        #expect(GroupKeys(stream: "s", group: "a", deadLetters: "mine").deadLetters == "mine")
    }

    @Test(
        "All keys share what Redis Cluster hashes",
        arguments: ["a", "{a}", "a{b", "a{b}c", "{a", "ü{é}", "{{a}}", "}{a}", "a b"]
    )
    func hashed(stream: String) {
        let keys = GroupKeys(stream: stream, group: "g{x}")
        #expect(Set([keys.stream, keys.state, keys.deadLetters].map(hashedPart)).count == 1)
    }

    /// The rule of the Redis Cluster specification ("Hash tags"), byte by byte.
    private func hashedPart(of key: String) -> [UInt8] {
        let bytes = Array(key.utf8)
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return bytes }
        return Array(bytes[(open + 1)..<close])
    }
}
