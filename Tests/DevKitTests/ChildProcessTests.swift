import DevKit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.timeLimit(.minutes(2))) struct ChildProcessTests {
    @Test func linesAreFoundBeforeAndAfterTheyCome() async throws {
        try await ChildProcess.run("sh", arguments: ["-c", "echo one; read -r nothing; echo two"]) { child in
            #expect(await child.line { $0 == "two" } == "two")
            #expect(await child.line { $0 == "one" } == "one")
            await child.exited()
            #expect(await child.line { $0 == "three" } == nil)
            #expect(child.output == ["one", "two"])
        }
    }

    /// A hundred at once: no line that comes together with the program's ID is lost.
    @Test func theFirstLinesAreNotLost() async throws {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await ChildProcess.run("printf", arguments: ["a\\nb\\nc\\n"]) { child in
                        await child.exited()
                        return child.output
                    }
                }
            }
            for try await output in group { #expect(output == ["a", "b", "c"]) }
        }
    }

    /// What ends it is that our end of the pipe is closed, which the kernel does for us when we end by SIGKILL.
    @Test func itEndsWithUs() async throws {
        let processID = try await ChildProcess.run("sleep", arguments: ["1000"]) { $0.processID }
        #expect(kill(processID, 0) == -1 && errno == ESRCH)
    }

    /// A terminal's Ctrl-C goes to the group in its foreground, which is ours. What else is in the group ends with the program.
    @Test func itIsInAGroupOfItsOwnOfWhichNothingStays() async throws {
        let start = ContinuousClock.now
        let group = try await ChildProcess.run("sleep", arguments: ["1000"]) { child in getpgid(child.processID) }
        #expect(group > 0 && group != getpgid(0))
        // Whoever adopts its processes has to see that they have ended.
        while kill(-group, 0) == 0, .now - start < .seconds(5) { await Task.yield() }
        #expect(kill(-group, 0) == -1 && errno == ESRCH)
    }

    @Test func aCancellationEndsItAndWaitsForItsEnd() async throws {
        let found = OneTime<Int32>()
        let task = Task {
            try await ChildProcess.run("sleep", arguments: ["1000"]) { child in
                found.set(child.processID)
                await child.exited()
                try Task.checkCancellation()
            }
        }
        let processID = await found.value
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(kill(processID, 0) == -1 && errno == ESRCH)
    }

    @Test func itEndsWhenTheBodyThrows() async throws {
        struct Stop: Error {}
        let found = OneTime<Int32>()
        await #expect(throws: Stop.self) {
            try await ChildProcess.run("sleep", arguments: ["1000"]) { child in
                found.set(child.processID)
                throw Stop()
            }
        }
        #expect(kill(await found.value, 0) == -1 && errno == ESRCH)
    }

    @Test func aSignalEndsIt() async throws {
        try await ChildProcess.run("sleep", arguments: ["1000"]) { child in
            child.send(SIGKILL)
            await child.exited()
            child.send(SIGTERM)
        }
    }

    @Test func aProgramThatIsNotThereEndsAtOnce() async throws {
        try await ChildProcess.run("no-such-program-here") { child in
            await child.exited()
            #expect(child.output.contains { $0.contains("not found") })
        }
    }

    @Test func onlyTheLatestLinesAreKept() async throws {
        try await ChildProcess.run("seq", arguments: ["2000"]) { child in
            await child.exited()
            #expect(child.output.count == ChildProcess.maxLines && child.output.last == "2000")
        }
    }

    @Test func theEnvironmentIsSet() async throws {
        try await ChildProcess.run(
            "sh",
            arguments: ["-c", "echo \"$BRIDGE_TEST\""],
            environment: ["BRIDGE_TEST": "a b"]
        ) { child in
            #expect(await child.line { !$0.isEmpty } == "a b")
        }
    }
}
