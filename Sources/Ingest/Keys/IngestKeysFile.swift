import YAML

/// Reads the file of `ingest.keys`: YAML, or JSON, which is YAML too.
///
///     keys:
///       - name: shop
///         key: wk_…              # or keys: [wk_new, wk_old], while services change from one to the other
///         stream: segment:events
///         kind: server           # or browser
///
/// Nothing of it but names and line numbers is in an error.
package struct IngestKeysFile {
    package static let bytesMax = 1 << 20
    package static let keysMax = 1000
    package static let secretsMax = 10
    /// Of one key's texts. Shorter ones can be guessed.
    package static let secretBytes = 16...200
    private static let faultsMax = 20
    private static let namesMax = 1000

    private let defaultStream: String
    private var faults: [IngestKeysError.Fault] = []
    private var names: Set<String> = []
    private var seen: Set<String> = []

    /// - Parameter defaultStream: of keys that name none.
    package static func parse(_ bytes: [UInt8], defaultStream: String) throws(IngestKeysError) -> IngestKeys {
        var file = IngestKeysFile(defaultStream: defaultStream)
        let keys = file.readKeys(in: bytes)
        guard file.faults.isEmpty else { throw IngestKeysError(faults: file.faults) }
        return IngestKeys(keys)
    }

    private init(defaultStream: String) { self.defaultStream = defaultStream }

    private mutating func readKeys(in bytes: [UInt8]) -> [(key: IngestKey, secrets: [String])] {
        guard bytes.count <= Self.bytesMax else {
            fail(1, "the file has more than \(Self.bytesMax) bytes")
            return []
        }
        let root: YAMLNode?
        do throws(YAMLFault) {
            root = try YAMLNode.document(bytes, limits: YAMLLimits(values: 100_000, depth: 8))
        } catch {
            // What libyaml says has nothing of the text in it; a key that comes twice would be named.
            fail(error.line, error.reason.contains("comes twice") ? "a member comes twice" : error.reason)
            return []
        }
        guard let root, case .mapping(let members) = root.content,
            let list = members.first(where: { $0.key.text == "keys" })
        else {
            fail(root?.line ?? 1, "must be an object with 'keys', a list of keys")
            return []
        }
        for member in members where member.key.text != "keys" { fail(member.key.line, "the file has only 'keys'") }
        guard case .sequence(let elements) = list.value.content else {
            fail(list.value.line, "'keys' must be a list")
            return []
        }
        if elements.isEmpty { fail(list.value.line, "there are no keys") }
        guard elements.count <= Self.keysMax else {
            fail(list.value.line, "more than \(Self.keysMax) keys")
            return []
        }
        return elements.compactMap { readKey($0) }
    }

    private static let members = [
        "name", "key", "keys", "stream", "kind", "types", "events", "origins", "rate", "ratePerAddress", "allowEmail",
        "drop",
    ]

    private mutating func readKey(_ node: YAMLNode) -> (key: IngestKey, secrets: [String])? {
        guard case .mapping(let members) = node.content else {
            fail(node.line, "a key must be an object with 'name' and 'key'")
            return nil
        }
        let count = faults.count
        var values: [String: YAMLNode] = [:]
        for member in members {
            guard let name = member.key.text, Self.members.contains(name) else {
                // It may be a key in the wrong place: it is not repeated.
                fail(member.key.line, "not a member of a key; known are \(Self.members.joined(separator: ", "))")
                continue
            }
            values[name] = member.value
        }
        let name = text(values["name"]) ?? ""
        let isName =
            !name.isEmpty && name.utf8.count <= 64
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_. ".unicodeScalars.contains($0))
            }
        if !isName { fail(node.line, "needs 'name': up to 64 letters, digits, blanks, dots, dashes and underscores") }
        if isName, !names.insert(name).inserted { fail(node.line, "the name '\(name)' comes twice") }
        let secrets = readSecrets(values, at: node.line)
        let kind = readKind(values["kind"])
        let stream = values["stream"].map { text($0) ?? "" } ?? defaultStream
        if stream.isEmpty || stream.utf8.count > 512 { fail(node.line, "'stream' must be a stream's name") }
        let types = list(values["types"], "types")
        let events = list(values["events"], "events")
        let origins = readOrigins(values["origins"])
        if kind == .server, values["origins"] != nil { fail(node.line, "'origins' is for keys of kind browser") }
        let rate = readRate(values["rate"], "rate")
        let ratePerAddress = readRate(values["ratePerAddress"], "ratePerAddress")
        let allowsEmail = flag(values["allowEmail"], "allowEmail")
        let drop = readDrop(values["drop"])
        guard faults.count == count else { return nil }
        let key = IngestKey(
            name: name,
            stream: stream,
            kind: kind,
            types: types.map(Set.init),
            events: events.map(Set.init),
            origins: origins,
            rate: rate,
            ratePerAddress: ratePerAddress,
            allowsEmail: allowsEmail,
            drop: drop
        )
        return (key, secrets)
    }

    private mutating func readSecrets(_ values: [String: YAMLNode], at line: Int) -> [String] {
        let secrets: [String]
        switch (values["key"], values["keys"]) {
        case (let key?, nil): secrets = [text(key) ?? ""]
        case (nil, let keys?): secrets = list(keys, "keys") ?? []
        default:
            fail(line, "needs 'key', or 'keys' with several, and not both")
            return []
        }
        guard !secrets.isEmpty, secrets.count <= Self.secretsMax else {
            fail(line, "needs 1 to \(Self.secretsMax) keys")
            return []
        }
        for secret in secrets {
            // HTTP Basic ends a user at a colon, and an SDK may put the key into a path.
            let isPossible =
                Self.secretBytes.contains(secret.utf8.count)
                && secret.utf8.allSatisfy { (0x21...0x7E).contains($0) && !":/?#%".utf8.contains($0) }
            if !isPossible {
                fail(
                    line,
                    "a key has \(Self.secretBytes.lowerBound) to \(Self.secretBytes.upperBound) visible ASCII characters without : / ? # %"
                )
            } else if !seen.insert(secret).inserted {
                fail(line, "the same key stands in the file twice")
            }
        }
        return secrets
    }
}

extension IngestKeysFile {
    private mutating func fail(_ line: Int, _ reason: String) {
        guard faults.count < Self.faultsMax else { return }
        faults.append(IngestKeysError.Fault(line: line, reason: reason))
    }

    private func text(_ node: YAMLNode?) -> String? { node?.text }

    private mutating func readKind(_ node: YAMLNode?) -> IngestKey.Kind {
        guard let node else { return .server }
        if let kind = node.text.flatMap(IngestKey.Kind.init) { return kind }
        fail(node.line, "'kind' must be server or browser")
        return .server
    }

    private mutating func list(_ node: YAMLNode?, _ name: String) -> [String]? {
        guard let node else { return nil }
        if case .sequence(let elements) = node.content, elements.count <= Self.namesMax {
            let texts = elements.compactMap(\.text)
            if texts.count == elements.count, !texts.contains(where: \.isEmpty) { return texts }
        }
        fail(node.line, "'\(name)' must be a list of at most \(Self.namesMax) texts")
        return nil
    }

    /// As browsers write them: a scheme, a host in small letters, a port where it is not the scheme's.
    private mutating func readOrigins(_ node: YAMLNode?) -> Set<String> {
        guard let origins = list(node, "origins"), let node else { return [] }
        for origin in origins {
            let parts = origin.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 3, ["https:", "http:"].contains(parts[0].lowercased()), parts[1].isEmpty,
                !parts[2].isEmpty,
                !parts[2].contains("*"), !parts[2].contains("@")
            else {
                fail(node.line, "an origin is written as https://www.example.com, without a path or *")
                continue
            }
        }
        return Set(origins.map { $0.lowercased() })
    }

    private mutating func readRate(_ node: YAMLNode?, _ name: String) -> RateLimit? {
        guard let node else { return nil }
        if let rate = node.text.flatMap({ Int($0) }), (1...RateLimit.eventsPerSecondMax).contains(rate) {
            return RateLimit(eventsPerSecond: rate)
        }
        fail(node.line, "'\(name)' must be events per second, from 1 to \(RateLimit.eventsPerSecondMax)")
        return nil
    }

    private mutating func flag(_ node: YAMLNode?, _ name: String) -> Bool? {
        guard let node else { return nil }
        if case .scalar(let text, isPlain: true) = node.content, ["true", "false"].contains(text) {
            return text == "true"
        }
        fail(node.line, "'\(name)' must be true or false")
        return nil
    }

    private mutating func readDrop(_ node: YAMLNode?) -> Set<IngestFilter.Word>? {
        guard let names = list(node, "drop"), let node else { return nil }
        let words = names.compactMap(IngestFilter.Word.init)
        if words.count != names.count {
            let known = IngestFilter.Word.allCases.map(\.rawValue).joined(separator: ", ")
            fail(node.line, "'drop' is a list of \(known)")
        }
        return Set(words)
    }
}

/// Why a file of keys is not read.
package struct IngestKeysError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Fault: Sendable, Equatable {
        package let line: Int
        package let reason: String
    }

    package let faults: [Fault]

    package var description: String { faults.map { "line \($0.line): \($0.reason)" }.joined(separator: "; ") }
}
