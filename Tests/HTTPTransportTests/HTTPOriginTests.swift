import Testing

@testable import HTTPTransport

@Suite("The base address") struct HTTPOriginTests {
    @Test(
        "What can be used is taken apart",
        arguments: [
            ("https://app.loops.so/api/v1", true, "app.loops.so", 443, "/api/v1", "app.loops.so"),
            ("https://app.loops.so", true, "app.loops.so", 443, "", "app.loops.so"),
            ("HTTPS://app.loops.so:443//", true, "app.loops.so", 443, "", "app.loops.so"),
            ("http://127.0.0.1:8080/api/", false, "127.0.0.1", 8080, "/api", "127.0.0.1:8080"),
            ("http://localhost:80", false, "localhost", 80, "", "localhost"),
            ("https://localhost:80", true, "localhost", 80, "", "localhost:80"),
            ("http://[::1]:81/x", false, "::1", 81, "/x", "[::1]:81"),
            ("https://[::1]", true, "::1", 443, "", "[::1]"),
        ]
    )
    func usable(text: String, isSecure: Bool, host: String, port: Int, path: String, authority: String) throws {
        let origin = try #require(HTTPOrigin(text))
        #expect(origin.isSecure == isSecure && origin.host == host && origin.port == port)
        #expect(origin.path == path && origin.authority == authority)
    }

    @Test(
        "What would be misread is refused",
        arguments: [
            "", "app.loops.so", "ftp://app.loops.so", "https://", "https:///api", "https://:443",
            "https://user:pw@host", "https://host/api?x=1", "https://host/api#x", "https://host:", "https://host:0",
            "https://host:65536",
            "https://host:+1", "https://host:x", "https://ho st", "https://hö.st", "https://host/ä", "https://host\\x",
            "https://[::1", "https://[]", "https://[::1]x", "https://host\r\nX: y",
        ]
    )
    func refused(text: String) { #expect(HTTPOrigin(text) == nil) }

    @Test("Which addresses stay on this machine")
    func loopback() {
        for host in ["localhost", "LocalHost", "api.localhost", "127.0.0.1", "127.255.0.9", "[::1]"] {
            #expect(HTTPOrigin("http://\(host):1/v1")?.isLoopback == true, "\(host)")
        }
        for host in ["localhost.example.com", "127.0.0.1.example.com", "127.1", "128.0.0.1", "10.0.0.1", "[::2]"] {
            #expect(HTTPOrigin("http://\(host):1/v1")?.isLoopback == false, "\(host)")
        }
    }
}
