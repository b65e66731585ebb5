import JSON
import Testing

@testable import Ingest

@Suite("Requests and their answers")
struct IngestPipelineTests {
    private static let pipeline = IngestPipeline(keys: Fixtures.keys)

    private static func refusal(_ request: IngestRequest, _ options: IngestPipeline.Options = .init()) -> IngestRefusal?
    {
        IngestPipeline(keys: Fixtures.keys, options: options).answer(to: request).refusal
    }

    @Test("Success is 200 and a JSON object, to the byte")
    func success() {
        let answer = Self.pipeline.answer(to: Fixtures.post("/v1/batch", #"{"batch":[]}"#))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == #"{"success":true}"#)
        #expect(answer.headers == [.init("Content-Type", "application/json")])
        #expect(Self.pipeline.answer(to: Fixtures.post("/v1/m", "not read", key: nil)) == answer)
        let health = IngestRequest(endpoint: IngestEndpoint(method: "GET", path: "/health"))
        #expect(Self.pipeline.answer(to: health) == answer)
    }

    @Test(
        "Every refusal has its status, and an object with code, message and error",
        arguments: [
            (IngestRefusal.tooLarge(limit: 1), 400), (.compressionRatio(limit: 1), 400), (.badCompression, 400),
            (.notAnObject, 400), (.batchIsNotAnArray, 400), (.tooManyEvents(count: 2, limit: 1), 400), (.badQuery, 400),
            (.noKey, 401), (.unknownKey, 401), (.badSignature, 401), (.serverKeyInBrowser, 403),
            (.originNotAllowed, 403),
            (.endpointOff, 404), (.unknownPath, 404), (.wrongMethod(allowed: "POST"), 405), (.unsupportedEncoding, 415),
            (.rateLimited(seconds: 3), 429), (.unavailable(seconds: 0), 503),
        ]
    )
    func refusals(refusal: IngestRefusal, status: Int) {
        let answer = IngestAnswer.refused(refusal)
        #expect(answer.status == status)
        #expect(answer.refusal == refusal)
        #expect(IngestRefusal.codes.contains(refusal.code))
        #expect(answer.json?["success"] == false)
        #expect(answer.json?["code"]?.stringValue == refusal.code)
        for member in ["message", "error"] { #expect(answer.json?[member]?.stringValue == refusal.message) }
    }

    @Test("Retry-After: whole seconds with 429, with 503 only when the outage is long, else never")
    func retryAfter() {
        func retryAfter(_ refusal: IngestRefusal) -> String? { IngestAnswer.refused(refusal).header("Retry-After") }
        #expect(retryAfter(.rateLimited(seconds: 3)) == "3")
        #expect(retryAfter(.rateLimited(seconds: 0)) == "1")
        #expect(retryAfter(.unavailable(seconds: 0)) == nil)
        #expect(retryAfter(.unavailable(seconds: 59)) == nil)
        #expect(retryAfter(.unavailable(seconds: 60)) == "30")
        #expect(retryAfter(.noKey) == nil)
    }

    @Test("Too large is 400 and to the byte, compressed or not")
    func size() {
        var options = IngestPipeline.Options()
        options.limits = IngestLimits(bodyBytes: 100)
        let body = #"{"batch":[]}"#
        let fits = body + String(repeating: " ", count: 100 - body.utf8.count)
        let encoding: IngestRequest.Header = ("Content-Encoding", "gzip")
        for (text, expected) in [(fits, nil), (fits + " ", IngestRefusal.tooLarge(limit: 100))] {
            #expect(Self.refusal(Fixtures.post("/v1/batch", text), options) == expected)
            let bytes = Gzip.compressed(Array(text.utf8))
            #expect(Self.refusal(Fixtures.post("/v1/batch", bytes: bytes, headers: [encoding]), options) == expected)
        }
        #expect(IngestAnswer.refused(.tooLarge(limit: 100)).status == 400)
    }

    @Test("As many events as Segment takes, and not one more")
    func events() {
        func body(_ count: Int) -> String {
            "{\"batch\":[" + Array(repeating: "{}", count: count).joined(separator: ",") + "]}"
        }
        #expect(Self.refusal(Fixtures.post("/v1/batch", body(2500))) == nil)
        #expect(Self.refusal(Fixtures.post("/v1/batch", body(2501))) == .tooManyEvents(count: 2501, limit: 2500))
        #expect(Self.refusal(Fixtures.post("/beacon/v1/batch", body(2501))) == .tooManyEvents(count: 2501, limit: 2500))
    }

    @Test("Nesting has a limit; a million brackets are refused at it")
    func nesting() {
        func body(_ depth: Int) -> String {
            "{\"batch\":[" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "]}"
        }
        var options = IngestPipeline.Options()
        options.limits.nesting = 20
        #expect(Self.refusal(Fixtures.post("/v1/batch", body(18)), options) == nil)
        for depth in [19, 500_000] {
            let refusal = Self.refusal(Fixtures.post("/v1/batch", body(depth)), options)
            guard case .notJSON(let error)? = refusal else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
            #expect(error.reason == .tooDeep(limit: 20))
        }
    }

    @Test(
        "What is no batch",
        arguments: [
            ("", "not_json"), ("{", "not_json"), ("[]", "not_an_object"), ("\"a\"", "not_an_object"),
            ("{}", "batch_is_not_an_array"), (#"{"batch":{}}"#, "batch_is_not_an_array"),
            (#"{"batch":null}"#, "batch_is_not_an_array"), (#"{"batch":[]} x"#, "not_json"), ("\u{FEFF}{}", "not_json"),
        ]
    )
    func bodies(text: String, code: String) {
        #expect(Self.refusal(Fixtures.post("/v1/batch", text))?.code == code)
    }

    @Test("gzip with any type of content, or none; other encodings are 415")
    func encodings() {
        let body = Gzip.compressed(Array(#"{"batch":[{"userId":"u"}]}"#.utf8))
        for name in ["gzip", "GZIP", " gzip", "x-gzip"] {
            let request = Fixtures.post("/v1/b", bytes: body, headers: [("content-encoding", name)])
            #expect(Self.refusal(request) == nil)
        }
        for name in ["br", "deflate", "gzip, gzip", "zstd"] {
            let request = Fixtures.post("/v1/b", bytes: body, headers: [("Content-Encoding", name)])
            #expect(Self.refusal(request) == .unsupportedEncoding)
        }
        let plain = Fixtures.post("/v1/b", #"{"batch":[]}"#, headers: [("Content-Encoding", "identity")])
        #expect(Self.refusal(plain) == nil)
        #expect(Self.refusal(Fixtures.post("/v1/b", bytes: body)) != nil)
    }

    @Test("Keys: none, a wrong one, and one in the body alone")
    func keys() {
        #expect(Self.refusal(Fixtures.post("/v1/batch", #"{"batch":[]}"#, key: nil)) == .noKey)
        #expect(Self.refusal(Fixtures.post("/v1/batch", #"{"batch":[]}"#, key: "wk_wrong_0123456789")) == .unknownKey)
        let body = "{\"batch\":[],\"writeKey\":\"\(Fixtures.serverSecret)\"}"
        #expect(Self.refusal(Fixtures.post("/v1/b", body, key: nil)) == nil)
    }

    @Test("A retry's count, of Segment's SDKs and RudderStack's")
    func retryCount() {
        func count(_ header: IngestRequest.Header) -> Int {
            IngestRequest(endpoint: .health, headers: [header]).retryCount
        }
        #expect(count(("x-retry-count", "2")) == 2)
        #expect(count(("Rsa-Retry-Attempt", " 3")) == 3)
        #expect(count(("X-Retry-Count", "-1")) == 0)
        #expect(count(("X-Retry-Count", "many")) == 0)
        #expect(count(("Other", "2")) == 0)
    }
}
