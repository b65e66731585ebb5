import ArgumentParser
import DevKit
import Foundation
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("mappings import")
struct MappingsImportCommandTests {
    private static func status(_ json: String?, _ options: String...) async throws -> Int32 {
        try await TemporaryFolder.with { folder in
            let file = URL(fileURLWithPath: folder).appending(path: "subscriptions.json")
            if let json { try Data(json.utf8).write(to: file) }
            do {
                let command = try LoopsBridge.parseAsRoot(["mappings", "import", file.path] + options)
                guard var command = command as? any AsyncParsableCommand else { return -1 }
                try await command.run()
                return 0
            } catch {
                return (error as? ExitCode)?.rawValue ?? LoopsBridge.exitCode(for: error).rawValue
            }
        }
    }

    private static let good = #"""
        [{"partnerAction":"sendEvent","subscribe":"type = \"track\"","enabled":true,"name":"Events",
          "mapping":{"userId":{"@path":"$.userId"},"eventName":{"@path":"$.event"}}}]
        """#

    @Test("The exit status says whether all of Loops was imported")
    func statuses() async throws {
        #expect(try await Self.status(Self.good) == 0)
        let withoutTrigger = Self.good.split(separator: #"type = \"track\""#).joined()
        #expect(try await Self.status(withoutTrigger) == 1)
        let foreign = Self.good.split(separator: "sendEvent").joined(separator: "send")
        #expect(try await Self.status(foreign) == 1)
        // The export names no destinations.
        #expect(try await Self.status(Self.good, "--destination", "d1") == 1)
        #expect(try await Self.status("{}") == 2)
        #expect(try await Self.status(nil) == 2)
    }
}
