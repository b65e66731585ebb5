import StreamGroups
import Testing

@Suite("Where people find a replica's page: an address, and nothing that could be more than one")
struct PublicAddressTests {
    @Test(
        "What is one ends with a slash, and has the host as browsers send it",
        arguments: [
            ("http://bridge-1:9464", "http://bridge-1:9464/", "bridge-1"),
            ("https://ops.example.com/bridge-1", "https://ops.example.com/bridge-1/", "ops.example.com"),
            ("https://ops.example.com/a/b%20c/~d/", "https://ops.example.com/a/b%20c/~d/", "ops.example.com"),
            ("http://[fd00::1]:9464", "http://[fd00::1]:9464/", "[fd00::1]"),
            ("http://10.0.0.7", "http://10.0.0.7/", "10.0.0.7"),
        ]
    )
    func taken(text: String, wanted: String, host: String) throws {
        let address = try #require(PublicAddress(text))
        #expect(address.text == wanted && address.host == host)
        #expect(PublicAddress(wanted) == address)
    }

    private static let others = [
        "", "bridge", "//bridge/", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "ftp://bridge/",
        "http://", "http:///x", "http://:80/", "http://user@bridge/", "http://user:secret@bridge/", "http://bridge:0/",
        "http://bridge:65536/", "http://bridge:+80/", "http://bridge:/", "http://bridge:80:80/", "http://bridge/?q=1",
        "http://bridge/#x", "http://bridge/<script>", "http://bridge/\"onclick=\"x", "http://bridge/'",
        "http://bridge/a b",
        "http://bridge/a\nb", "http://bridge/\u{202E}", "http://br\u{E4}cke/", "http://bridge\\evil/", "http://[::1/",
        "http://[x]/", "http://[1]/", " http://bridge/", "http://bridge/" + String(repeating: "a", count: 200),
    ]

    @Test("What could run something, carry a password, or is too long is none", arguments: others)
    func refused(text: String) {
        #expect(PublicAddress(text) == nil)
    }

    @Test("The longest has its 200 bytes")
    func longest() {
        let text = "http://b/"
        #expect(PublicAddress(text + String(repeating: "a", count: PublicAddress.bytesMax - text.utf8.count)) != nil)
        #expect(
            PublicAddress(text + String(repeating: "a", count: PublicAddress.bytesMax - text.utf8.count + 1)) == nil
        )
    }
}
