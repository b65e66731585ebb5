import AsyncHTTPClient
import DevKit
import Foundation
import LoopsSimulator
import NIOCore
import NIOHTTP1
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The program as operators meet it: signals, ports, files", .tags(.servers), .timeLimit(.minutes(3)))
struct OperatorProcessTests {
    private static let mapping =
        "mappings:\n  - name: A\n    action: createOrUpdateContact\n    trigger: type = \"identify\"\n"

    /// A folder that is gone afterwards.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "operator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// `run` without a Redis: it has its admin endpoints all the same.
    private func run(
        _ environment: [String: String] = [:],
        body: @Sendable @escaping (ChildProcess, _ url: String) async throws -> Void
    ) async throws {
        let nowhere = "http://127.0.0.1:1"
        try await Program.run(redis: "redis://127.0.0.1:1", loops: nowhere, key: "key", environment: environment) {
            child in
            let up = await child.line { $0.contains("loops-bridge is up") } ?? ""
            try await body(
                child,
                up.split(separator: "admin=").last?.split(separator: " ").first.map(String.init) ?? ""
            )
        }
    }

    private func lives(_ url: String) async throws -> Bool { try await answersOK(url + "/livez") }

    private func answersOK(_ url: String) async throws -> Bool {
        let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
        return answer.status == .ok
    }

    @Test("SIGHUP without mappings says that there is nothing to load again, and ends nothing")
    func hangupWithoutMappings() async throws {
        try await run { child, url in
            child.send(SIGHUP)
            let told = await child.line {
                $0.contains("Nothing to reload: bridge.mappings is not set")
            }
            #expect(told != nil, "\(child.output)")
            let isAlive = try await lives(url)
            #expect(isAlive)
        }
    }

    @Test("SIGHUP with mappings loads them again")
    func hangup() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "mappings.yaml").path
            try Self.mapping.write(toFile: file, atomically: true, encoding: .utf8)
            try await run(["BRIDGE_MAPPINGS": file]) { child, url in
                child.send(SIGHUP)
                let told = await child.line { $0.contains("Mappings reloaded mappings=1") }
                #expect(told != nil, "\(child.output)")
                let isAlive = try await lives(url)
                #expect(isAlive)
            }
        }
    }

    @Test("dev ends when its terminal is closed, and cleans up as after Ctrl-C")
    func hangupOfDev() async throws {
        let output = try await ChildProcess.run(Program.developers, arguments: ["run", "--http-port", "0"]) { child in
            let dashboard = await child.line { $0.hasPrefix("Dashboard ") } ?? ""
            let url = dashboard.split(separator: " ").dropFirst().first.map { String($0.dropLast()) } ?? ""
            // From then on there is a flow, so it ends while it carries.
            while try await !answersOK(url + "/readyz") {}
            child.send(SIGHUP)
            await child.exited()
            return child.output
        }
        // The summary, which only an orderly end has.
        #expect(output.contains { $0.hasPrefix("published ") }, "\(output)")
    }

    @Test("A port that is taken: what, where, why, what to do, and status 1")
    func takenPort() async throws {
        try await run { _, url in
            let port = url.split(separator: ":").last ?? ""
            let environment = [
                "HTTP_PORT": String(port), "LOOPS_API_KEY": "key", "LOOPS_BASE_URL": "http://127.0.0.1:1",
            ]
            let second = try await Program.ask(["run"], redis: "redis://127.0.0.1:1", environment: environment)
            let words = """
                The admin endpoints cannot listen on 127.0.0.1:\(port): address already in use. Set HTTP_PORT to another port.
                """
            #expect(second.status == "1" && second.lines.contains(words), "\(second)")
        }
    }

    @Test("simulate names the port that is taken, and the flag for another one", arguments: ["--port", "--admin-port"])
    func takenPortOfTheSimulator(flag: String) async throws {
        try await LoopsSimulator.withRunning { _, ports in
            let other = flag == "--port" ? "--admin-port" : "--port"
            let answer = try await Program.ask(
                ["simulate", flag, "\(ports.api)", other, "0"],
                redis: "",
                program: Program.developers
            )
            let words = "port \(ports.api) is taken; give \(flag) another one, or 0 for any free one"
            #expect(answer.status == "1" && answer.lines == [words], "\(answer)")
        }
    }

    @Test("Each reason not to listen has its advice; other errors are nobody's")
    func listenFaults() {
        func words(_ error: any Error, host: String = "::1") -> String? {
            ListeningService.ListenFault(error, host: host, port: 80)?.description
        }
        let denied = words(IOError(errnoCode: EACCES, reason: "bind"))
        #expect(
            denied == "The admin endpoints cannot listen on [::1]:80: permission denied. Set HTTP_PORT to another port."
        )
        let elsewhere = words(IOError(errnoCode: EADDRNOTAVAIL, reason: "bind"), host: "10.1.2.3") ?? ""
        #expect(elsewhere.hasSuffix("Set HTTP_HOST to an address of this machine."), "\(elsewhere)")
        #expect(words(IOError(errnoCode: EIO, reason: "accept")) == nil && words(CancellationError()) == nil)
    }

    @Test(
        "What cannot be read is no empty file: its name, why, and status 2",
        arguments: ["map", "map --explain", "publish"]
    )
    func unreadableInput(command: String) async throws {
        try await withFolder { folder in
            let script = #""$0" \#(command) <"$1"; echo "status $?""#
            let output = try await ChildProcess.run(
                "/bin/sh",
                arguments: ["-c", script, Program.path, folder.path],
                environment: ["REDIS_URL": "redis://127.0.0.1:1"]
            ) { child in
                await child.exited()
                return child.output
            }
            #expect(output.last == "status 2", "\(output)")
            #expect(output.contains { $0.hasPrefix("standard input cannot be read: it is a folder") }, "\(output)")
        }
    }

    @Test("publish names the file that it cannot read")
    func unreadableFile() async throws {
        let answer = try await Program.ask(["publish", "/nowhere"], redis: "redis://127.0.0.1:1")
        let words =
            "/nowhere cannot be read: No such file or directory; 0 events were published to segment:events before that"
        #expect(answer.status == "2" && answer.lines == [words], "\(answer)")
    }

    @Test("BRIDGE_CONFIG names the settings file for every command that takes --config, and --config comes before it")
    func configFile() async throws {
        try await RedisServer.run { redis in
            try await withFolder { folder in
                let file = folder.appending(path: "bridge.yaml").path
                let settings = "redis: {url: '\(redis.url)'}\nbridge: {streams: shop, group: of-the-file}\n"
                try settings.write(toFile: file, atomically: true, encoding: .utf8)
                let events = folder.appending(path: "events.ndjson").path
                try #"{"type":"identify","userId":"u1"}"#.write(toFile: events, atomically: true, encoding: .utf8)
                // An empty variable counts as not set.
                @Sendable func ask(_ arguments: [String], _ config: String) async throws -> (
                    lines: [String], status: String
                ) {
                    try await Program.ask(arguments, redis: "", environment: ["BRIDGE_CONFIG": config])
                }
                let published = try await ask(["publish", events], file)
                #expect(published.lines.contains("1 published to shop, 0 left out"), "\(published)")
                #expect(try await ask(["dead", "list"], file).status == "0")
                let status = try await ask(["status", "--redis"], file)
                #expect(status.lines.first?.hasPrefix("group of-the-file, as Redis knows it") ?? false, "\(status)")
                #expect(status.lines.contains { $0.hasPrefix("shop") }, "\(status)")
                let typed = try await ask(["dead", "list", "--config", file], "/nowhere")
                #expect(typed.status == "0", "\(typed)")
                let missing = try await ask(["dead", "list"], "/nowhere")
                #expect(missing.status == "2" && missing.lines.contains { $0.contains("that BRIDGE_CONFIG names") })
            }
        }
    }
}
