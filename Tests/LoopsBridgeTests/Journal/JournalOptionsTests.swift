import ArgumentParser
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Which token goes to which replica")
struct JournalOptionsTests {
    private func tokens(_ arguments: [String], view: String? = "view", control: String? = "control") throws -> [String?]
    {
        let options = try JournalOptions.parse(arguments)
        var settings = try Settings(
            flags: [:],
            environment: [:],
            file: nil,
            hostName: "host",
            processID: 1,
            needsKey: false,
            readFile: { _ in "" }
        )
        (settings.viewToken, settings.controlToken) = (view, control)
        return try options.replicas(settings).map(\.client.token)
    }

    @Test("An address that was typed gets a token from a file that was typed, and nothing of the environment")
    func typed() throws {
        let other = ["--url", "http://other:1", "--url", "http://another:2"]
        #expect(try tokens([]) == ["view"])
        #expect(try tokens([], view: nil) == ["control"])
        #expect(try tokens(other) == [nil, nil])
        #expect(try tokens(other + ["--http-view-token-file", "/v"]) == ["view", "view"])
        #expect(try tokens(other + ["--http-control-token-file", "/c"]) == ["control", "control"])
    }
}
