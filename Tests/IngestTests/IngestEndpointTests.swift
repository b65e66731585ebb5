import Testing

@testable import Ingest

@Suite("Endpoints")
struct IngestEndpointTests {
    @Test(
        "Segment's paths, with and without a slash at the end",
        arguments: [
            ("/v1/batch", IngestEndpoint.batch(.server)), ("/v1/import", .batch(.server)), ("/v1/b", .batch(.device)),
            ("/v1/t", .single(type: "track", .device)), ("/v1/i", .single(type: "identify", .device)),
            ("/v1/p", .single(type: "page", .device)), ("/v1/g", .single(type: "group", .device)),
            ("/v1/a", .single(type: "alias", .device)), ("/v1/s", .single(type: "screen", .device)),
            ("/v1/track", .single(type: "track", .server)), ("/v1/identify", .single(type: "identify", .server)),
            ("/v1/page", .single(type: "page", .server)), ("/v1/screen", .single(type: "screen", .server)),
            ("/v1/group", .single(type: "group", .server)), ("/v1/alias", .single(type: "alias", .server)),
            ("/v1/m", .telemetry), ("/beacon/v1/batch", .beacon), ("/v1/loops/webhook", .loopsWebhook),
        ]
    )
    func post(path: String, expected: IngestEndpoint) {
        #expect(IngestEndpoint(method: "POST", path: path) == expected)
        #expect(IngestEndpoint(method: "POST", path: path + "/") == expected)
        #expect(IngestEndpoint(method: "POST", path: "/" + path) == expected)
        #expect(IngestEndpoint(method: "OPTIONS", path: path) == .preflight)
        // Never "not found" on a path of events: some SDKs stop then.
        #expect(IngestEndpoint(method: "GET", path: path) == .wrongMethod(allowed: "POST"))
        #expect(IngestEndpoint.labels.contains(expected.label))
    }

    @Test(
        "What is asked with GET",
        arguments: [
            ("/v1/projects/wk_1/settings", IngestEndpoint.settings(key: "wk_1")),
            ("/v1/pixel/track", .pixel(type: "track")), ("/pixel/v1/page", .pixel(type: "page")), ("/", .health),
            ("/health", .health), ("/version", .health),
        ]
    )
    func get(path: String, expected: IngestEndpoint) {
        #expect(IngestEndpoint(method: "GET", path: path) == expected)
        #expect(IngestEndpoint(method: "POST", path: path) == .wrongMethod(allowed: "GET"))
    }

    @Test(
        "Anything else is unknown under each method",
        arguments: [
            "/v1", "/v2/batch", "/v1/batch/x", "/v1/pixel/delete", "/v1/T", "/favicon.ico", "/v1/projects//settings",
        ]
    )
    func unknown(path: String) {
        for method in ["GET", "POST", "OPTIONS", "PUT"] {
            #expect(IngestEndpoint(method: method, path: path) == .unknown)
        }
    }

    @Test("The path tells servers from devices")
    func sender() {
        #expect(IngestEndpoint(method: "POST", path: "/v1/batch").sender == .server)
        #expect(IngestEndpoint(method: "POST", path: "/v1/b").sender == .device)
        #expect(IngestEndpoint(method: "POST", path: "/beacon/v1/batch").sender == .device)
        #expect(IngestEndpoint(method: "POST", path: "/v1/m").sender == nil)
    }
}
