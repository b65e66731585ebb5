import DevKit
import Foundation

/// The built program, run as its users run it.
enum Program {
    /// Beside the test bundle, whatever the build folder is called.
    static var path: String { path(of: "loops-bridge") }

    /// The developers' program.
    static var developers: String { path(of: "loops-bridge-dev") }

    static func path(of name: String) -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let folder =
            bundle.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/debug")
        return folder.appending(path: name).path
    }

    /// `loops-bridge run` against a Redis and an API.
    /// - Parameter through: a command that runs it, in front of it.
    static func run<Result: Sendable>(
        redis: String,
        loops: String,
        key: String,
        environment: [String: String] = [:],
        through: [String] = [],
        body: @Sendable @escaping (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let own = [
            "REDIS_URL": redis, "LOOPS_BASE_URL": loops, "LOOPS_API_KEY": key, "LOOPS_RATE_LIMIT": "0",
            "HTTP_PORT": "0", "BRIDGE_LEASE_SECONDS": "3", "BRIDGE_HEARTBEAT_SECONDS": "0.25",
            "LOOPS_REQUEST_TIMEOUT_SECONDS": "2",
        ]
        let command = through + [path, "run"]
        return try await ChildProcess.run(
            command[0],
            arguments: Array(command.dropFirst()),
            environment: own.merging(environment) { $1 },
            body: body
        )
    }

    /// Runs a command of the program to its end.
    /// - Returns: what it wrote, and its exit status.
    static func ask(
        _ arguments: [String],
        redis: String,
        environment: [String: String] = [:],
        program: String = path
    ) async throws -> (lines: [String], status: String) {
        try await ChildProcess.run(
            "/bin/sh",
            arguments: ["-c", #""$@" </dev/null; echo "status $?""#, "sh", program] + arguments,
            environment: ["REDIS_URL": redis].merging(environment) { $1 }
        ) { child in
            await child.exited()
            let status = child.output.last { $0.hasPrefix("status ") }?.dropFirst(7) ?? ""
            return (child.output.dropLast(), String(status))
        }
    }
}
