import Testing

@testable import Bridge
@testable import Support

@Suite("ContactHash: a contact as logs show it")
struct ContactHashTests {
    @Test("Ten digits that stay the same and do not tell the contact")
    func hash() {
        #expect(ContactHash.of("user-1") == "c6c289e49e")
        let hashes = (0..<1000).map { ContactHash.of("user-\($0)@example.com") }
        #expect(Set(hashes).count == 1000)
        #expect(hashes.allSatisfy { $0.count == 10 && $0.allSatisfy(\.isHexDigit) })
    }
}
