import DevKit
import Foundation
import Testing

@Suite("A host that has IPv6 only", .tags(.servers), .timeLimit(.minutes(3)))
struct IPv6Tests {
    @Test("Events come in, arrive, and can be asked for, where ::1 is the only address; Redis is killed and comes back")
    func alone() async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "IPv6/ipv6.py").path
        // The whole of it lives in one network namespace: what is in this process could not reach it.
        let (lines, status) = try await Program.ask(
            [script, Program.path, Program.developers],
            redis: "",
            program: "python3"
        )
        #expect(status == "0" && lines.last?.hasPrefix("80 events came over HTTP") == true, "\(lines)")
    }
}
