import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that was started by us and ends with us, even when we end by SIGKILL.
///
/// Between the two stands a shell that reads our end of a pipe: when that closes, for whatever reason, it ends the program. Both are in a
/// process group of their own: a terminal's Ctrl-C is for us, and we decide what becomes of them.
package final class ChildProcess: Sendable {
    package let processID: Int32
    /// The latest lines of its output, oldest first; bounded.
    package var output: [String] { watch.withLock { $0.lines } }

    /// Lines of output that are kept.
    package static let maxLines = 500

    private struct Watch {
        var lines: [String] = []
        var isEnded = false
        var awaited: [(matches: @Sendable (String) -> Bool, found: OneTime<String?>)] = []
    }
    private let watch = Mutex(Watch())
    private let ended = OneTime<Void>()

    private init(processID: Int32) {
        self.processID = processID
    }

    /// The program in the background, its ID on the first line of output, before any of its own, then a wait for its end. The second background
    /// job ends it when our end of the pipe is closed. At the end whatever is left of the group goes too: the second job, and what the program
    /// has started itself.
    private static let watchdog = """
        exec 3<&0
        sh -c 'echo "$$"; exec "$@"' "$0" "$@" </dev/null 3<&- &
        child=$!
        { read -r _ <&3; kill -TERM "$child"; sleep 10; kill -KILL "$child"; } 2>/dev/null >/dev/null &
        wait "$child"
        kill -KILL "-$$"
        """

    /// Runs a program as long as `body` runs; when `body` returns, or this task is cancelled, the program is asked to end by SIGTERM.
    ///
    /// - Parameters:
    ///   - executable: a path, or a name to look for in `PATH`.
    ///   - environment: set beside what we have.
    package static func run<Result: Sendable>(
        _ executable: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        body: @Sendable @escaping (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let cancelled = OneTime<Bool>()
        // A task of its own: a cancellation that reached the shell between us and the program would end the wrong one of the two, and nobody
        // would wait for the other.
        let work = Task {
            try await supervise(executable, arguments, environment, cancelled: cancelled, body: body)
        }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            cancelled.set(true)
        }
    }

    private static func supervise<Result: Sendable>(
        _ executable: String,
        _ arguments: [String],
        _ environment: [String: String],
        cancelled: OneTime<Bool>,
        body: @Sendable @escaping (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        var platform = PlatformOptions()
        platform.processGroupID = 0
        let outcome = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: .init(["-c", watchdog, "watchdog", executable] + arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)),
            platformOptions: platform,
            input: .inputWriter,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            let started = OneTime<ChildProcess?>()
            let task = Task {
                guard let child = await started.value else { throw ChildError.notStarted(executable) }
                return try await body(child)
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { started.set(nil) }
                    var child: ChildProcess?
                    defer { child?.close() }
                    do {
                        for try await line in execution.standardOutput.strings() {
                            if let child {
                                child.take(line)
                            } else {
                                // The watchdog's own line, before any of the program's.
                                child = Int32(line).map { ChildProcess(processID: $0) }
                                started.set(child)
                            }
                        }
                    } catch {
                        child?.take("its output cannot be read: \(error)")
                    }
                }
                group.addTask {
                    if await cancelled.value { task.cancel() }
                    // A pipe that is closed already has said the same.
                    try? await execution.standardInputWriter.finish()
                }
                // Whatever becomes of the body, the program's end is waited for.
                _ = await task.result
                cancelled.set(false)
            }
            return await task.result
        }
        return try outcome.closureResult.get()
    }

    /// Sends a signal; nothing when the program has ended, since its ID may be another's by then.
    package func send(_ signal: Int32) {
        if !watch.withLock({ $0.isEnded }) { _ = kill(processID, signal) }
    }

    /// Waits for the program's end.
    package func exited() async { await ended.value }

    /// Waits for a line of output, one that came before included.
    /// - Returns: nil when the program ended without it.
    package func line(where matches: @escaping @Sendable (String) -> Bool) async -> String? {
        let found = OneTime<String?>()
        watch.withLock { watch in
            if let line = watch.lines.first(where: matches) {
                found.set(line)
            } else if watch.isEnded {
                found.set(nil)
            } else {
                watch.awaited.append((matches, found))
            }
        }
        return await found.value
    }

    private func take(_ line: String) {
        watch.withLock { watch in
            watch.lines.append(line)
            if watch.lines.count > Self.maxLines { watch.lines.removeFirst() }
            watch.awaited.removeAll { waiter in
                let isFound = waiter.matches(line)
                if isFound { waiter.found.set(line) }
                return isFound
            }
        }
    }

    private func close() {
        watch.withLock { watch in
            watch.isEnded = true
            for waiter in watch.awaited { waiter.found.set(nil) }
            watch.awaited = []
        }
        ended.set(())
    }
}

/// Why a program did not run as it should.
package enum ChildError: Error, CustomStringConvertible {
    case notStarted(String)
    case endedEarly(String, output: [String])

    package var description: String {
        switch self {
        case .notStarted(let name):
            "\(name) could not be started. Is it installed? `make deps` installs what is missing."
        case .endedEarly(let name, let output):
            "\(name) ended before it was ready: \(output.suffix(5).joined(separator: " | "))"
        }
    }
}
