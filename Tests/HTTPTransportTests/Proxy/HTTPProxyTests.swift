import Testing

@testable import HTTPTransport

@Suite("An HTTP proxy, as curl writes them")
struct HTTPProxyTests {
    @Test(
        "What can be used is taken apart; without a port it is 1080, over TLS 443",
        arguments: [
            ("http://proxy:3128", false, "proxy", 3128, nil), ("proxy:3128", false, "proxy", 3128, nil),
            ("proxy", false, "proxy", 1080, nil), ("HTTP://proxy/", false, "proxy", 1080, nil),
            ("https://proxy", true, "proxy", 443, nil), ("https://proxy:8443/x?y#z", true, "proxy", 8443, nil),
            ("http://[::1]:3128", false, "::1", 3128, nil), ("http://[::1]", false, "::1", 1080, nil),
            ("http://u:p@proxy:80", false, "proxy", 80, "Basic dTpw"), ("u@proxy:80", false, "proxy", 80, "Basic dTo="),
            ("http://u:p%40:%2f@proxy:1", false, "proxy", 1, "Basic dTpwQDov"),
            ("http://u:p@ss@proxy:1", false, "proxy", 1, "Basic dTpwQHNz"),
            ("http://us%C3%A9r:p@10.0.0.1:1", false, "10.0.0.1", 1, "Basic dXPDqXI6cA=="),
        ] as [(String, Bool, String, Int, String?)]
    )
    func usable(text: String, isSecure: Bool, host: String, port: Int, authorization: String?) throws {
        let proxy = try HTTPProxy(text, setting: "X")
        #expect(proxy.isSecure == isSecure && proxy.host == host && proxy.port == port)
        #expect(proxy.authorization == authorization && proxy.hasCredentials == (authorization != nil))
    }

    @Test(
        "What cannot be used is refused, and neither the refusal nor what is shown of a proxy holds the password",
        arguments: [
            "", "http://", "socks5://u:hunter2@proxy:1080", "ftp://u:hunter2@proxy", "http://u:hunter2@proxy:0",
            "http://u:hunter2@proxy:99999", "http://u:hunter2@pro xy", "http://u:hunter2%@proxy", "u:hunter2%0a@proxy",
            "http://u%3Ax:hunter2@proxy", "http://u:hunter2@", "http://u:80/hunter2@proxy:1", "u:1?hunter2@proxy",
            "http://u:hunter2@[::1",
        ]
    )
    func refused(text: String) {
        #expect { try HTTPProxy(text, setting: "X") } throws: { error in
            !"\(error)".contains("hunter2") && "\(error)".contains(text.hasPrefix("socks") ? "SOCKS" : "a proxy")
        }
    }

    @Test func shown() throws {
        #expect("\(try HTTPProxy("u:hunter2@proxy", setting: "X"))" == "http://proxy:1080")
        #expect("\(try HTTPProxy("https://u:hunter2@[::1]:9", setting: "X"))" == "https://[::1]:9")
    }

    @Test("Behind a proxy the certificate of a numeric address could not be compared with the address")
    func numericOrigin() throws {
        let proxy = try HTTPProxy("proxy", setting: "X")
        for (origin, isFault) in [
            ("https://10.0.0.1", true), ("https://[2001:db8::1]", true), ("https://app.loops.so", false),
            ("http://10.0.0.1", false),
        ] {
            #expect((proxy.fault(for: try #require(HTTPOrigin(origin))) != nil) == isFault, "\(origin)")
        }
    }

    @Test("Base64 of RFC 4648, §10")
    func base64() {
        for (text, encoded) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            #expect(Base64.encoded(Array(text.utf8)) == encoded)
        }
        #expect(Base64.encoded([0xFB, 0xEF, 0xFF]) == "++//")
    }
}
