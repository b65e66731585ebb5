import Testing

@testable import HTTPTransport

@Suite("NO_PROXY, as curl 8 reads it")
struct NoProxyListTests {
    @Test(
        "Which hosts a list holds",
        arguments: [
            ("", "a.example", false), ("*", "a.example", true), ("*", "10.0.0.1", true), ("*,x", "a.example", false),
            ("*.example", "a.example", false),
            // A name and what is below it, never a mere end of another name.
            ("example.com", "example.com", true), ("example.com", "www.example.com", true),
            ("example.com", "nonexample.com", false), ("example.com", "example.com.evil", false),
            (".example.com", "example.com", true), (".example.com", "www.example.com", true),
            ("EXAMPLE.com", "Example.COM", true), ("example.com.", "example.com", true),
            ("example.com", "example.com.", true), (".", "example.com", false), ("com", "example.com", true),
            // Lists, by commas and spaces.
            ("a.example, b.example", "b.example", true), ("a.example b.example", "b.example", true),
            (",, b.example ,", "b.example", true), ("a.example,b.example", "c.example", false),
            // Addresses and networks.
            ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.10", false), ("10.0.0", "10.0.0.1", false),
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.4.0/22", "192.168.7.255", true), ("192.168.4.0/22", "192.168.8.0", false),
            ("0.0.0.0/0", "8.8.8.8", true), ("10.0.0.1/32", "10.0.0.1", true), ("10.0.0.1/33", "10.0.0.1", false),
            ("10.0.0.1/x", "10.0.0.1", false), ("10.0.0.0/8", "a10.example", false), ("0.0.0.0/0", "::1", false),
            ("::1", "::1", true), ("[::1]", "::1", true), ("0:0:0:0:0:0:0:1", "::1", true),
            ("2001:db8::/32", "2001:db8:1::2", true), ("2001:db8::/32", "2001:db9::", false),
            // curl takes no ports here.
            ("example.com:443", "example.com", false),
        ]
    )
    func contains(text: String, host: String, isHeld: Bool) {
        #expect(NoProxyList(text).contains(host) == isHeld, "\(text) \(host)")
    }
}

@Suite("The proxy that the environment names")
struct ProxyEnvironmentTests {
    private func proxy(_ environment: [String: String], _ origin: String = "https://app.loops.so/api/v1") throws
        -> String?
    {
        try ProxyEnvironment(environment).proxy(for: #require(HTTPOrigin(origin))).map { "\($0.setting) \($0)" }
    }

    @Test(
        "Lower case before capitals, the scheme's own before ALL_PROXY, what is empty counts for nothing",
        arguments: [
            ([:], nil), (["HTTPS_PROXY": "p:1"], "HTTPS_PROXY http://p:1"),
            (["HTTPS_PROXY": "p:1", "https_proxy": "q:2"], "https_proxy http://q:2"),
            (["HTTPS_PROXY": "p:1", "https_proxy": ""], "HTTPS_PROXY http://p:1"),
            (["HTTP_PROXY": "p:1", "http_proxy": "q:2"], nil),
            (["ALL_PROXY": "p:1"], "ALL_PROXY http://p:1"),
            (["all_proxy": "p:1", "ALL_PROXY": "q:2"], "all_proxy http://p:1"),
            (["ALL_PROXY": "p:1", "HTTPS_PROXY": " https://q:2\n"], "HTTPS_PROXY https://q:2"),
            (["HTTPS_PROXY": "p:1", "NO_PROXY": "loops.so"], nil), (["HTTPS_PROXY": "p:1", "no_proxy": "*"], nil),
            (["HTTPS_PROXY": "p:1", "NO_PROXY": "*", "no_proxy": "x"], "HTTPS_PROXY http://p:1"),
        ] as [([String: String], String?)]
    )
    func https(environment: [String: String], found: String?) throws {
        #expect(try proxy(environment) == found)
    }

    @Test("Clear-text requests have their own variable")
    func http() throws {
        let both = ["HTTP_PROXY": "p:1", "HTTPS_PROXY": "q:2"]
        #expect(try proxy(both, "http://api.example") == "HTTP_PROXY http://p:1")
        #expect(try proxy(both.merging(["http_proxy": "r:3"]) { $1 }, "http://api.example") == "http_proxy http://r:3")
    }

    @Test("This machine's own addresses go through no proxy of the environment")
    func loopback() throws {
        for host in ["localhost", "127.0.0.1", "[::1]", "api.localhost"] {
            #expect(
                try proxy(["HTTPS_PROXY": "p:1", "HTTP_PROXY": "p:1", "ALL_PROXY": "p:1"], "http://\(host)") == nil
            )
        }
    }

    @Test("A value that cannot be used is told of by its variable, and only where it counts")
    func unusable() throws {
        #expect { try proxy(["ALL_PROXY": "socks5://u:hunter2@p:1"]) } throws: { error in
            guard let error = error as? ProxyEnvironment.VariableError else { return false }
            return error.name == "ALL_PROXY" && "\(error.error)".contains("SOCKS") && !"\(error)".contains("hunter2")
        }
        #expect(try proxy(["ALL_PROXY": "socks5://p:1", "HTTPS_PROXY": "q:2"]) == "HTTPS_PROXY http://q:2")
        #expect(try proxy(["ALL_PROXY": "socks5://p:1", "NO_PROXY": "app.loops.so"]) == nil)
    }
}
