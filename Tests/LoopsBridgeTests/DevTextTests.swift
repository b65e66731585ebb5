import Bridge
import DevKit
import Testing

@testable import Bridge
@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("What dev shows")
struct DevTextTests {
    private var progress: DevProgress {
        var ends = CompletionCounts()
        (ends.delivered, ends.ignored, ends.deadLettered) = (12_000, 200, 100)
        return DevProgress(published: 12_345, ends: ends, perSecond: 88)
    }

    @Test("A line of progress fits, and leaves out what matters least first")
    func progressFits() {
        for width in 20...200 { #expect(progress.line(width: width).count <= width) }
        #expect(
            progress.line(width: 200)
                == "published 12345 · delivered 12000 · ignored 200 · dead-lettered 100 · waiting 45 · 88/s"
        )
        #expect(progress.line(width: 39) == "delivered 12000 · waiting 45 · 88/s")
        #expect(progress.line(width: 16) == "delivered 12000")
        #expect(progress.line(width: 5) == "deli…")
    }

    @Test(
        "The greeting needs 40 columns, has each link in a line of its own, and says what to try",
        arguments: [9464, 54_321]
    )
    func greeting(port: Int) {
        let greeting = DevGreeting(
            dashboard: "http://127.0.0.1:\(port)",
            simulator: "http://127.0.0.1:43210",
            redis: "redis://127.0.0.1:23456",
            isSteady: true
        )
        #expect(greeting.lines.allSatisfy { $0.count <= 40 }, "\(greeting.lines)")
        #expect(greeting.lines.filter { $0.contains("://") }.allSatisfy { $0.split(separator: "://").count == 2 })
        #expect(greeting.lines.contains("export HTTP_PORT=\(port)") == (port != 9464))
        #expect(greeting.lines.contains { $0.contains("loops-bridge status --watch") })
    }

    @Test("A Ctrl-C cancels what starts, ends what carries, and is remembered")
    func interruption() async throws {
        let early = Interruption()
        early.come()
        await #expect(throws: CancellationError.self) {
            try await early.cancelling { try Task.checkCancellation() }
        }
        #expect(early.hasCome)

        let carrying = Interruption()
        let ended = OneTime<Void>()
        try await carrying.cancelling {
            #expect(!carrying.settle())
            carrying.meanwhile { ended.set(()) }
            carrying.come()
            await ended.value
            #expect(!Task.isCancelled, "the flow is ended, not cancelled")
        }
        let late = OneTime<Void>()
        carrying.meanwhile { late.set(()) }
        await late.value
    }
}
