import Testing

@testable import Bridge
@testable import Support

@Suite("Redaction.hash: a contact as logs show it")
struct RedactionHashTests {
    @Test("Ten digits that stay the same and do not tell the contact")
    func hash() {
        #expect(Redaction.hash("user-1") == "c6c289e49e")
        let hashes = (0..<1000).map { Redaction.hash("user-\($0)@example.com") }
        #expect(Set(hashes).count == 1000)
        #expect(hashes.allSatisfy { $0.count == 10 && $0.allSatisfy(\.isHexDigit) })
    }
}
