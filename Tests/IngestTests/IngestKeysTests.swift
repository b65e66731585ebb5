import Testing

@testable import Ingest

@Suite("Write keys")
struct IngestKeysTests {
    private static func parse(_ text: String) throws(IngestKeysError) -> IngestKeys {
        try IngestKeysFile.parse(Array(text.utf8), defaultStream: "segment:events")
    }

    private static func fault(_ text: String) -> String? {
        do throws(IngestKeysError) {
            _ = try parse(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("All that a file can say")
    func file() throws {
        let keys = try Self.parse(
            """
            keys:
              - name: shop
                key: wk_shop_0123456789
              - name: page
                keys: [wk_new_0123456789, wk_old_0123456789]
                stream: web:events
                kind: browser
                types: [identify, track]
                events: ["Signed Up"]
                origins: [https://WWW.example.com]
                rate: 100
                ratePerAddress: 5
                allowEmail: true
                drop: [page, anonymous]
            """
        )
        #expect(keys.key(for: "wk_shop_0123456789") == IngestKey(name: "shop", stream: "segment:events"))
        let page = try #require(keys.key(for: "wk_old_0123456789"))
        #expect(keys.key(for: "wk_new_0123456789") == page)
        #expect(page.stream == "web:events")
        #expect(page.kind == .browser)
        #expect(page.types == ["identify", "track"])
        #expect(page.events == ["Signed Up"])
        #expect(page.origins == ["https://www.example.com"])
        #expect(page.rate == RateLimit(eventsPerSecond: 100))
        #expect(page.ratePerAddress == RateLimit(eventsPerSecond: 5))
        #expect(page.allowsEmail)
        #expect(page.drop == [.page, .anonymous])
    }

    @Test("JSON is read too")
    func json() throws {
        let keys = try Self.parse(#"{"keys": [{"name": "shop", "key": "wk_shop_0123456789", "kind": "server"}]}"#)
        #expect(keys.key(for: "wk_shop_0123456789")?.name == "shop")
    }

    @Test("Nearly a key is none, and neither is nothing")
    func unknown() {
        let secret = Fixtures.serverSecret
        for text in ["", secret.dropLast() + "0", secret + "0", String(secret.dropLast()), secret.uppercased(), "shop"]
        {
            #expect(Fixtures.keys.key(for: String(text)) == nil)
        }
        #expect(IngestKeys.empty.key(for: "") == nil)
    }

    @Test("Printed in any way, there are names and no keys")
    func secrecy() {
        let keys = Fixtures.keys
        var dumped = ""
        dump(keys, to: &dumped)
        for text in ["\(keys)", String(describing: keys), String(reflecting: keys), dumped] {
            #expect(text.contains("shop"))
            #expect(!text.contains(Fixtures.serverSecret))
            #expect(!text.contains("digest"))
        }
    }

    @Test(
        "What is wrong is named with its line, and no key is repeated",
        arguments: [
            ("", "line 1: must be an object with 'keys'"), ("[]", "must be an object"),
            ("keys: []", "there are no keys"),
            ("keys: wk_secret_0123456789", "'keys' must be a list"),
            ("keys: [wk_secret_0123456789]", "must be an object with 'name'"),
            ("keys: [{name: a}]", "needs 'key'"),
            ("keys: [{name: a, key: wk_secret_0123456789, keys: [wk_secret_1123456789]}]", "and not both"),
            ("keys: [{name: a, key: short}]", "a key has 16 to 200"),
            ("keys: [{name: a, key: 'wk_secret_0123456789:'}]", "a key has 16 to 200"),
            ("keys: [{key: wk_secret_0123456789}]", "needs 'name'"),
            ("keys: [{name: 'a\\nb', key: wk_secret_0123456789}]", "needs 'name'"),
            (
                "keys:\n  - {name: a, key: wk_secret_0123456789}\n  - {name: b, key: wk_secret_0123456789}",
                "line 3: the same key"
            ),
            (
                "keys:\n  - {name: a, key: wk_secret_0123456789}\n  - {name: a, key: wk_secret_1123456789}",
                "line 3: the name 'a' comes twice"
            ),
            ("keys: [{name: a, key: wk_secret_0123456789, kind: mobile}]", "'kind' must be server or browser"),
            ("keys: [{name: a, wk_secret_0123456789: x}]", "not a member of a key"),
            (
                "keys: [{name: a, wk_secret_0123456789: x, wk_secret_0123456789: y}]",
                "a member comes twice"
            ),
            (
                "keys: [{name: a, key: wk_secret_0123456789, origins: [https://a.example]}]",
                "'origins' is for keys of kind browser"
            ),
            (
                "keys: [{name: a, key: wk_secret_0123456789, kind: browser, origins: ['*']}]",
                "an origin is written as"
            ),
            (
                "keys: [{name: a, key: wk_secret_0123456789, kind: browser, origins: [https://a.example/x]}]",
                "an origin is written as"
            ),
            ("keys: [{name: a, key: wk_secret_0123456789, rate: 0}]", "'rate' must be events per second"),
            ("keys: [{name: a, key: wk_secret_0123456789, allowEmail: yes}]", "'allowEmail' must be true or false"),
            ("keys: [{name: a, key: wk_secret_0123456789, drop: [pages]}]", "'drop' is a list of page, screen"),
            ("keys: [{name: a, key: wk_secret_0123456789, types: track}]", "'types' must be a list"),
            ("keys: [{name: a, key: wk_secret_0123456789, stream: ''}]", "'stream' must be"),
            ("more: 1\nkeys: [{name: a, key: wk_secret_0123456789}]", "line 1: the file has only 'keys'"),
            ("keys: [", "line 2: not YAML"),
        ]
    )
    func faults(text: String, expected: String) throws {
        let fault = try #require(Self.fault(text))
        #expect(fault.contains(expected))
        #expect(!fault.contains("wk_secret"))
    }

    @Test("A file has limits: bytes, keys, keys of one name, faults that are told")
    func limits() throws {
        #expect(
            Self.fault(String(repeating: " ", count: IngestKeysFile.bytesMax + 1))
                == "line 1: the file has more than 1048576 bytes"
        )
        func file(_ count: Int) -> String {
            "keys:\n" + (0..<count).map { "  - {name: k\($0), key: wk_0123456789_\($0 + 10_000)}\n" }.joined()
        }
        #expect(try Self.parse(file(IngestKeysFile.keysMax)).keys.count == IngestKeysFile.keysMax)
        #expect(Self.fault(file(IngestKeysFile.keysMax + 1))?.contains("more than 1000 keys") == true)
        let secrets = (0...IngestKeysFile.secretsMax).map { "wk_0123456789_\($0)" }.joined(separator: ", ")
        #expect(Self.fault("keys: [{name: a, keys: [\(secrets)]}]")?.contains("needs 1 to 10 keys") == true)
        let bad = "keys:\n" + (0..<100).map { "  - {name: k\($0), key: x}\n" }.joined()
        #expect(Self.fault(bad)?.split(separator: ";").count == 20)
        // A few lines that stand for millions of values.
        let bomb =
            "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
            + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nkeys: [*e,*e,*e,*e,*e]"
        #expect(Self.fault(bomb)?.contains("more than") == true)
    }
}

@Suite("Where a request has its key")
struct IngestCredentialsTests {
    private static func name(
        _ headers: [IngestRequest.Header],
        at path: String = "/v1/batch",
        method: String = "POST",
        query: String = "",
        body: JSONText = "{}"
    ) throws -> String {
        let request = IngestRequest(
            endpoint: IngestEndpoint(method: method, path: path),
            query: query,
            headers: headers
        )
        return try IngestCredentials(request).key(in: Fixtures.keys, body: try body.value).name
    }

    private static let server = Fixtures.serverSecret
    private static let browser = Fixtures.browserSecret

    @Test("HTTP Basic, with the colon and without, in any capitals")
    func basic() throws {
        for text in ["\(Self.server):", Self.server, "\(Self.server):password"] {
            let encoded = Fixtures.basic(text)
            #expect(try Self.name([("authorization", encoded)]) == "shop")
            #expect(try Self.name([("AUTHORIZATION", encoded.replacing("Basic", with: "basic"))]) == "shop")
            #expect(try Self.name([("Authorization", encoded.replacing("=", with: ""))]) == "shop")
        }
    }

    @Test("The other places, and their order")
    func order() throws {
        let basic = ("Authorization", Fixtures.basic(Self.server + ":"))
        let header = ("X-Write-Key", Self.browser)
        let body = JSONText(stringLiteral: "{\"writeKey\":\"\(Self.browser)\"}")
        #expect(try Self.name([header]) == "page")
        #expect(try Self.name([header, basic]) == "shop")
        #expect(try Self.name([("Authorization", "Bearer \(Self.server)")]) == "shop")
        // A token of OAuth is none of our keys.
        #expect(try Self.name([("Authorization", "Bearer eyJhbGciOi")], body: body) == "page")
        #expect(try Self.name([], body: body) == "page")
        #expect(try Self.name([basic], body: body) == "shop")
        let nested = JSONText(stringLiteral: "{\"batch\":[{\"writeKey\":\"\(Self.browser)\"}]}")
        #expect(try Self.name([], body: nested) == "page")
    }

    @Test("The query counts for beacons and pixels alone")
    func query() throws {
        let query = "writeKey=\(Self.browser)"
        #expect(try Self.name([], at: "/beacon/v1/batch", query: query) == "page")
        #expect(try Self.name([], at: "/v1/pixel/track", method: "GET", query: query) == "page")
        #expect(throws: IngestRefusal.noKey) { try Self.name([], query: query) }
    }

    @Test("No key and a wrong key are told apart; what is too long, or no base64, is none")
    func refused() {
        #expect(throws: IngestRefusal.noKey) { try Self.name([]) }
        #expect(throws: IngestRefusal.unknownKey) { try Self.name([("X-Write-Key", "wk_wrong_0123456789")]) }
        #expect(throws: IngestRefusal.noKey) { try Self.name([("Authorization", "Basic !!!")]) }
        #expect(throws: IngestRefusal.noKey) { try Self.name([("Authorization", "Basic")]) }
        #expect(throws: IngestRefusal.noKey) { try Self.name([("X-Write-Key", String(repeating: "k", count: 1001))]) }
        #expect(throws: IngestRefusal.noKey) { try Self.name([], body: "{\"writeKey\":17}") }
    }
}
