import JSON
import Support
import Testing

@testable import Ingest

@Suite("Requests of chance")
struct HostileRequestTests {
    private static let alphabet = Array("{}[]\":,\\eE+-.0129abtfnul \u{0}\n%=&/;~".utf8)
    private static let bodies = [
        #"{"batch":[{"type":"identify","userId":"u","context":{"traits":{"email":"a@example.com"}}},{"type":"track","event":"A"}]}"#,
        #"{"batch":[{"timestamp":"2026-11-28T10:00:00Z","messageId":1e99}],"sentAt":"2026-11-28T10:00:05.000Z","context":{"ip":1}}"#,
        #"{"userId":17,"event":"A","properties":{"a":[{"b":{}}]},"sentAt":-1,"originalTimestamp":1795860000000000,"traits":[]}"#,
    ]
    private static let paths = [
        "/v1/batch", "/v1/b", "/v1/t", "/v1/identify", "/beacon/v1/batch", "/v1/loops/webhook", "/v1/m", "/",
        "/v1/alias/",
    ]

    private static func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] = alphabet.randomElement(using: &random) ?? 0
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
            default: bytes.removeSubrange(place..<min(place + 5, bytes.count))
            }
        }
        return bytes
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        return Bool.random(using: &random)
            ? String(decoding: bytes, as: UTF8.self) : "Basic " + Fixtures.base64(bytes)
    }

    private static func pipeline() throws -> IngestPipeline {
        var options = IngestPipeline.Options()
        options.acceptsPixels = true
        options.storesAddress = true
        let secret = "whsec_" + Fixtures.base64(Array("0123456789abcdef".utf8))
        return IngestPipeline(keys: Fixtures.keys, options: options, webhook: try LoopsWebhook(secrets: [secret]))
    }

    @Test("Each has an answer; what is added is whole", arguments: 1...8 as ClosedRange<UInt64>)
    func bodies(seed: UInt64) throws {
        let pipeline = try Self.pipeline()
        var random = SplitMix64(seed: seed)
        var added = 0
        for _ in 0..<500 {
            var body = Self.mutated(Array(Self.bodies[Int.random(in: 0...2, using: &random)].utf8), &random)
            var headers: [IngestRequest.Header] = []
            if Int.random(in: 0...2, using: &random) == 0 {
                body = Gzip.compressed(body)
                if Bool.random(using: &random) { body = Self.mutated(body, &random) }
                headers.append(("Content-Encoding", "gzip"))
            }
            if Int.random(in: 0...9, using: &random) == 0 { headers.append(("Origin", Self.text(&random))) }
            let path = Self.paths.randomElement(using: &random) ?? "/"
            let request = Fixtures.post(path, bytes: body, headers: headers)
            switch pipeline.outcome(of: request, seed: random.next()) {
            case .answer(let answer): #expect(IngestRefusal.codes.contains(answer.refusal?.code ?? "too_large"))
            case .add(let batch, _, _):
                added += batch.events.count
                for event in batch.events {
                    let json = try JSONParser.parse(event.payload)
                    #expect(json["writeKey"] == nil)
                    #expect(json["receivedAt"] == "2026-11-28T10:00:10.000Z")
                    #expect(!event.messageId.isEmpty)
                }
            }
        }
        #expect(added > 20)
    }

    @Test("Queries, keys and paths", arguments: 1...4 as ClosedRange<UInt64>)
    func words(seed: UInt64) throws {
        let pipeline = try Self.pipeline()
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let endpoint = IngestEndpoint(
                method: Bool.random(using: &random) ? "GET" : "POST",
                path: Bool.random(using: &random) ? "/v1/pixel/track" : "/v1/" + Self.text(&random)
            )
            #expect(IngestEndpoint.labels.contains(endpoint.label))
            let request = IngestRequest(
                endpoint: endpoint,
                query: String(
                    decoding: Self.mutated(Array("data=eyJhIjoxfQ&a.b=%20c&writeKey=x".utf8), &random),
                    as: UTF8.self
                ),
                headers: [
                    ("Authorization", Self.text(&random)), ("Host", Self.text(&random)),
                    ("Webhook-Id", Self.text(&random)),
                ]
            )
            let answer = pipeline.answer(to: request)
            #expect(answer.refusal != nil || answer.status == 200)
        }
    }
}
