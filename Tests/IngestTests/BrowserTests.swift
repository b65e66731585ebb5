import JSON
import Testing

@testable import Ingest

@Suite("Web pages")
struct BrowserTests {
    private static let pipeline = IngestPipeline(keys: Fixtures.keys)
    private static let origin: IngestRequest.Header = ("Origin", "https://www.example.com")
    private static let body = #"{"userId":"u","event":"A"}"#

    private static func preflight(_ headers: [IngestRequest.Header]) -> IngestAnswer {
        pipeline.answer(to: IngestRequest(endpoint: IngestEndpoint(method: "OPTIONS", path: "/v1/t"), headers: headers))
    }

    @Test("A preflight echoes what is asked for, to origins that a key lists")
    func preflight() {
        let asked = "authorization,x-retry-count, rsa-time"
        let answer = Self.preflight([Self.origin, ("Access-Control-Request-Headers", asked)])
        #expect(answer.status == 204)
        #expect(answer.header("Access-Control-Allow-Origin") == "https://www.example.com")
        #expect(answer.header("Access-Control-Allow-Headers") == asked)
        #expect(answer.header("Access-Control-Allow-Methods") == "GET, POST")
        #expect(answer.header("Access-Control-Max-Age") == "900")
        #expect(answer.header("Vary") == "Origin")
        let foreign = Self.preflight([("Origin", "https://www.example.com.evil.example")])
        #expect(foreign.refusal == .originNotAllowed)
        #expect(!foreign.headers.contains { $0.name.hasPrefix("Access-Control") })
        #expect(Self.preflight([]).refusal == .originNotAllowed)
    }

    @Test("What is no list of headers is not repeated")
    func injection() {
        for asked in ["a\r\nSet-Cookie: x", "a;b", String(repeating: "a", count: 1001)] {
            let answer = Self.preflight([Self.origin, ("Access-Control-Request-Headers", asked)])
            #expect(answer.header("Access-Control-Allow-Headers") == nil)
        }
    }

    @Test("A page reads success and errors, and how long to wait")
    func answers() {
        let request = Fixtures.post("/v1/t", Self.body, key: Fixtures.browserSecret, headers: [Self.origin])
        let success = Self.pipeline.answer(to: request)
        #expect(success.status == 200)
        #expect(success.header("Access-Control-Allow-Origin") == "https://www.example.com")
        let limited = Self.pipeline.refused(.rateLimited(seconds: 2), request)
        #expect(limited.header("Access-Control-Expose-Headers") == "Retry-After")
        #expect(limited.header("Retry-After") == "2")
    }

    @Test("Another page's origin is refused; an app has none")
    func origins() {
        func refusal(_ headers: [IngestRequest.Header]) -> IngestRefusal? {
            let request = Fixtures.post("/v1/t", Self.body, key: Fixtures.browserSecret, headers: headers)
            return Self.pipeline.answer(to: request).refusal
        }
        #expect(refusal([Self.origin]) == nil)
        #expect(refusal([("origin", "https://WWW.EXAMPLE.COM")]) == nil)
        #expect(refusal([]) == nil)
        for origin in ["https://evil.example", "http://www.example.com", "https://www.example.com:8443", "null"] {
            #expect(refusal([("Origin", origin)]) == .originNotAllowed)
        }
    }

    @Test("A server's key in a page is refused loudly: it is public")
    func serverKey() {
        #expect(
            Self.pipeline.answer(to: Fixtures.post("/v1/batch", #"{"batch":[]}"#, headers: [Self.origin])).refusal
                == .serverKeyInBrowser
        )
        let plain = Fixtures.post("/v1/t", Self.body, headers: [("Content-Type", "text/plain;charset=UTF-8")])
        #expect(Self.pipeline.answer(to: plain).refusal == .serverKeyInBrowser)
        // Kotlin's SDK writes this type for batches.
        let batch = Fixtures.post("/v1/b", #"{"batch":[]}"#, headers: [("Content-Type", "text/plain")])
        #expect(Self.pipeline.answer(to: batch).refusal == nil)
    }

    @Test("Settings: one integration, our host, and no measurements")
    func settings() {
        func answer(_ key: String, _ headers: [IngestRequest.Header] = [], host: String? = nil) -> IngestAnswer {
            var options = IngestPipeline.Options()
            options.apiHost = host
            let path = "/v1/projects/\(key)/settings"
            let request = IngestRequest(endpoint: IngestEndpoint(method: "GET", path: path), headers: headers)
            return IngestPipeline(keys: Fixtures.keys, options: options).answer(to: request)
        }
        let json = answer(Fixtures.browserSecret, [("Host", "events.example.com:8443")]).json
        let integrations = json?["integrations"]?.objectValue
        #expect(integrations?.keys == ["Segment.io"])
        #expect(integrations?["Segment.io"]?["apiKey"]?.stringValue == Fixtures.browserSecret)
        #expect(integrations?["Segment.io"]?["apiHost"] == "events.example.com:8443/v1")
        #expect(integrations?["Segment.io"]?["httpConfig"]?["backoffConfig"]?["enabled"] == true)
        #expect(json?["plan"] == [:])
        #expect(json?["metrics"] == ["sampleRate": 0])
        func apiHost(_ answer: IngestAnswer) -> JSONValue? { answer.json?["integrations"]?["Segment.io"]?["apiHost"] }
        #expect(apiHost(answer(Fixtures.browserSecret, [("Host", "x")], host: "e.example/v1")) == "e.example/v1")
        #expect(apiHost(answer(Fixtures.browserSecret, [("Host", "evil.example/x?")])) == nil)
        #expect(answer("wk_wrong_0123456789").refusal == .unknownKey)
        #expect(answer(Fixtures.browserSecret, [Self.origin]).header("Access-Control-Allow-Origin") != nil)
    }
}

@Suite("Pixels")
struct PixelTests {
    private static func get(_ query: String, path: String = "/v1/pixel/track") -> IngestRequest {
        IngestRequest(endpoint: IngestEndpoint(method: "GET", path: path), query: query)
    }

    private static var on: IngestPipeline {
        var options = IngestPipeline.Options()
        options.acceptsPixels = true
        return IngestPipeline(keys: Fixtures.keys, options: options)
    }

    private static let key = Fixtures.serverSecret

    @Test("Off by default")
    func off() {
        let answer = IngestPipeline(keys: Fixtures.keys).answer(to: Self.get("writeKey=\(Self.key)"))
        #expect(answer.refusal == .endpointOff)
    }

    @Test("Base64 of an event, in both alphabets, and members with dots")
    func forms() throws {
        let json =
            "{\"writeKey\":\"\(Self.key)\",\"userId\":\"u?>\",\"event\":\"Mail Opened\",\"properties\":{\"a\":\"b\"}}"
        let data = Fixtures.base64(Array(json.utf8))
        let safe = data.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let plain = "writeKey=\(Self.key)&userId=u%3F%3E&event=Mail+Opened&properties.a=b"
        for query in ["data=\(data.replacing("+", with: "%2B"))", "data=\(data)", "data=\(safe)", plain] {
            let event = try #require(try Self.on.events(of: Self.get(query)).first)
            #expect(event["type"] == "track")
            #expect(event["userId"] == "u?>")
            #expect(event["event"] == "Mail Opened")
            #expect(event["properties"] == ["a": "b"])
            #expect(event["writeKey"] == nil)
        }
        let page = try Self.on.events(of: Self.get(plain, path: "/pixel/v1/page"))
        #expect(page.first?["type"] == "page")
    }

    @Test("Always 200 and a GIF, whatever is wrong; the reason is there to be counted")
    func errors() {
        for (query, code) in [
            ("", "no_key"), ("data=!", "bad_query"), ("data=W10", "bad_query"), ("writeKey=wrong", "unknown_key"),
        ] {
            let answer = Self.on.answer(to: Self.get(query))
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type") == "image/gif")
            #expect(answer.body.count == 42)
            #expect(answer.body.starts(with: Array("GIF89a".utf8)))
            #expect(answer.refusal?.code == code)
        }
        #expect(Self.on.refused(.unavailable(seconds: 90), Self.get("")).status == 200)
    }

    @Test("A query has limits: bytes, members, dots")
    func limits() throws {
        #expect(Self.on.answer(to: Self.get(String(repeating: "a", count: 20_000))).refusal == .tooLarge(limit: 16_384))
        let many = "writeKey=\(Self.key)&" + (0..<1000).map { "m\($0)=1" }.joined(separator: "&")
        let event = try #require(try Self.on.events(of: Self.get(many)).first)
        #expect(event.objectValue.map { $0.keys.filter { $0.hasPrefix("m") && $0 != "messageId" }.count } == 199)
        let deep =
            "writeKey=\(Self.key)&" + Array(repeating: "a", count: 2000).joined(separator: ".") + "=1&b.c=1&b.c.d=2&b=3"
        let other = try #require(try Self.on.events(of: Self.get(deep)).first)
        #expect(other["a"] == nil)
        #expect(other["b"] == ["c": "1"])
    }
}
