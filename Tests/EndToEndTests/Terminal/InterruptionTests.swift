import DevKit
import Foundation
import Testing

@Suite("dev, interrupted at its terminal", .tags(.servers), .timeLimit(.minutes(3)))
struct InterruptionTests {
    /// Beyond this nobody believes that it ends. On an idle machine it takes a fifth of a second.
    private static let patience = Duration.seconds(10)

    /// Runs `dev`, types Ctrl-C when `moment` says so, and looks at what is left.
    private func interrupted(
        _ arguments: [String] = [],
        columns: Int = 80,
        environment: [String: String] = [:],
        moment: @Sendable @escaping (PseudoTerminal) async throws -> Void
    ) async throws -> String {
        let found = OneTime<PseudoTerminal>()
        let typed = OneTime<ContinuousClock.Instant>()
        let run = try await PseudoTerminal.run(
            ["run"] + arguments,
            program: Program.developers,
            columns: columns,
            environment: environment
        ) { terminal in
            found.set(terminal)
            try await moment(terminal)
            #expect(!terminal.processes.isEmpty, "it has not ended by itself")
            typed.set(.now)
            terminal.interrupt()
        }
        #expect(run.status == "0", "\(run)")
        #expect(await ContinuousClock.now - typed.value < Self.patience)
        let terminal = await found.value
        // What was ended together with its watchdog may take the kernel a moment.
        while !terminal.processes.isEmpty, await ContinuousClock.now - typed.value < Self.patience {
            await Task.yield()
        }
        #expect(terminal.processes == [], "all that it started is gone")
        for word in ["rror", "ancellation", "Fatal", "warning  No connection"] {
            #expect(!run.text.contains(word), "\(run.text)")
        }
        return run.text
    }

    @Test("While Redis starts: nothing was published, and that is all it says")
    func startOfRedis() async throws {
        try await TemporaryFolder.with { folder in
            let (script, pipe) = (folder + "/redis-server", folder + "/pipe")
            // It waits for us in the middle of its start.
            let text = "#!/bin/sh\necho started >'\(pipe)'\nsleep 60\n"
            try text.write(toFile: script, atomically: true, encoding: .utf8)
            #expect(chmod(script, 0o755) == 0 && mkfifo(pipe, 0o600) == 0)
            let screen = try await interrupted(environment: ["LOOPS_BRIDGE_REDIS_SERVER": script]) { _ in
                _ = try await ChildProcess.run("cat", arguments: [pipe]) { await $0.exited() }
            }
            #expect(screen.contains("Interrupted before anything was published."), "\(screen)")
        }
    }

    @Test("As soon as it greets, and while it delivers: the summary", arguments: ["Redis  ", "delivered 1"])
    func steady(text: String) async throws {
        let screen = try await interrupted(["--http-port", "0"]) { #expect(await $0.shows(text)) }
        #expect(screen.contains("still pending    ") && screen.contains("out of order     0"), "\(screen)")
    }

    @Test(
        "While it publishes, and while it delivers what was to be the whole run",
        arguments: ["Redis  ", "delivered"]
    )
    func once(text: String) async throws {
        let screen = try await interrupted(["--once", "50000"]) { #expect(await $0.shows(text)) }
        #expect(screen.contains("Interrupted: ") && screen.contains(" of 50000 events had ended."), "\(screen)")
    }

    @Test("At 40 columns no line of its own is longer than the terminal, and progress stays one line")
    func narrow() async throws {
        let screen = try await interrupted(["--http-port", "0"], columns: 40) { #expect(await $0.shows("delivered 8")) }
        for line in screen.split(whereSeparator: \.isNewline) where !line.contains("Z warning") {
            for part in line.split(separator: "\u{1B}[2K") { #expect(part.count <= 40, "\(part)") }
        }
    }
}
