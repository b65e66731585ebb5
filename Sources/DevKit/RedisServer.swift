import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A redis-server of our own, on a free port of the loopback interface, with its files in a temporary folder.
package final class RedisServer: Sendable {
    package let port: Int
    package let directory: String
    private let arguments: [String]
    private let executable: String
    private let launches: AsyncStream<Launch>.Continuation
    private let child = Mutex<ChildProcess?>(nil)

    private typealias Started = Result<Void, any Error>
    private struct Launch: Sendable {
        let started = OneTime<Started>()
    }

    package var url: String { "redis://127.0.0.1:\(port)" }
    /// Of the server that runs now.
    package var processID: Int32? { child.withLock { $0?.processID } }

    private init(
        port: Int,
        directory: String,
        executable: String,
        arguments: [String],
        launches: AsyncStream<Launch>.Continuation
    ) {
        self.port = port
        self.directory = directory
        self.executable = executable
        self.arguments = arguments
        self.launches = launches
    }

    package static var environmentsExecutable: String {
        ProcessInfo.processInfo.environment["LOOPS_BRIDGE_REDIS_SERVER"] ?? "redis-server"
    }

    /// Runs a server as long as `body` runs, and removes its files afterwards.
    ///
    /// - Parameters:
    ///   - executable: the one that the environment's `LOOPS_BRIDGE_REDIS_SERVER` names, else `redis-server`: so that everything can be tried
    ///     against another version.
    ///   - appendOnly: whether it keeps what it knows over a restart.
    ///   - arguments: further ones for redis-server.
    package static func run<Result: Sendable>(
        executable: String = environmentsExecutable,
        appendOnly: Bool = false,
        arguments: [String] = [],
        body: @Sendable @escaping (RedisServer) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "loops-bridge-redis-XXXXXX")
        var template = Array(folder.path.utf8CString)
        guard mkdtemp(&template) != nil else { throw ChildError.notStarted(executable) }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (stream, continuation) = AsyncStream<Launch>.makeStream()
        let server = RedisServer(
            port: FreePort.take(),
            directory: directory,
            executable: executable,
            arguments: ["--appendonly", appendOnly ? "yes" : "no"] + arguments,
            launches: continuation
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await launch in stream { await server.serve(launch) } }
            defer { group.cancelAll() }
            do {
                do {
                    try await server.start()
                } catch {
                    // A port that was free a moment ago may be held for another one.
                    try Task.checkCancellation()
                    try await server.start()
                }
                let result = try await body(server)
                continuation.finish()
                await server.stop(SIGTERM)
                return result
            } catch {
                continuation.finish()
                await server.stop(SIGKILL)
                throw error
            }
        }
    }

    /// Starts it again after ``stop(_:)``, on the same port and folder, and waits until it takes connections.
    package func start() async throws {
        let launch = Launch()
        launches.yield(launch)
        try await withTaskCancellationHandler {
            try await launch.started.value.get()
        } onCancel: {
            // Nobody may be there any more who would launch it.
            launch.started.set(.failure(CancellationError()))
        }
    }

    /// Ends it with a signal and waits until it has ended. Nothing to do when it does not run.
    package func stop(_ signal: Int32 = SIGTERM) async {
        guard let running = child.withLock({ $0 }) else { return }
        running.send(signal)
        await running.exited()
    }

    /// Sends a signal, such as SIGSTOP or SIGCONT, and waits for nothing.
    package func send(_ signal: Int32) { child.withLock { $0 }?.send(signal) }

    private func serve(_ launch: Launch) async {
        let all =
            ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--daemonize", "no"]
            + arguments
        do {
            try await ChildProcess.run(executable, arguments: all) { child in
                guard await child.line(where: { $0.contains("Ready to accept connections") }) != nil else {
                    throw ChildError.endedEarly(self.executable, output: child.output)
                }
                self.child.withLock { $0 = child }
                launch.started.set(.success(()))
                await child.exited()
                self.child.withLock { $0 = nil }
            }
        } catch {
            child.withLock { $0 = nil }
            launch.started.set(.failure(error))
        }
    }
}
