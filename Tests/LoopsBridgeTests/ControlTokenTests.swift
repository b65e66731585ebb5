import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The control token")
struct ControlTokenTests {
    private let text = "0123456789abcdef"

    @Test("It is carried as a bearer, whole, and by nothing else")
    func carried() throws {
        let token = try #require(ControlToken(text))
        #expect(token.isCarried(by: "Bearer " + text))
        #expect(token.isCarried(by: "bearer " + text), "the scheme's case does not matter")
        let others: [String?] = [
            nil, "", "Bearer", "Bearer ", text, "Basic " + text, "Bearer " + text.dropLast(), "Bearer " + text + "0",
            "Bearer  " + text, "Bearer " + text + " ", "Bearer 1123456789abcdef", "Bearer 0123456789abcdeF",
            "Bearer " + String(repeating: text, count: 1000),
        ]
        for other in others { #expect(!token.isCarried(by: other), "\(other ?? "none")") }
    }

    @Test("Short ones, and such as no header can hold, are none")
    func unusable() {
        for text in ["", "0123456789abcde", "0123456789 abcdef", "0123456789abcdef\n", "0123456789äbcdef"] {
            #expect(ControlToken(text) == nil)
        }
    }

    @Test("Hashes are compared, so that the comparison takes the same time wherever two texts differ")
    func nothingOfTheTextIsKept() throws {
        let token = try #require(ControlToken(text))
        #expect(!String(reflecting: token).contains(text))
    }
}
