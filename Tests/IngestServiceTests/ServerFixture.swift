import Destination
import DevKit
import Foundation
import Ingest
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import BridgeService
@testable import IngestService

/// An intake that listens, with a file of keys that a test may change.
struct TestIntake: Sendable {
    static let key = "wk_0123456789abcdef"
    static let browserKey = "bk_0123456789abcdef"
    static let keys = """
        keys:
          - name: shop
            key: \(key)
          - name: page
            key: \(browserKey)
            kind: browser
            origins: [https://shop.example]
        """

    let port: Int
    let admin: Int
    let keysPath: String
    /// Ends it as SIGTERM does.
    let stop: @Sendable () async -> Void

    static func run<Result: Sendable>(
        redis: String,
        _ settings: [String: String] = [:],
        limits: ConnectionClock.Limits? = nil,
        _ body: @Sendable @escaping (TestIntake) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ingest-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "keys.yaml").path
        try Self.keys.write(toFile: path, atomically: true, encoding: .utf8)
        let own = ["ingest.keys": path, "ingest.port": "0", "http.port": "0"]
        var assembly = try IngestAssembly(
            settings: try Settings(
                flags: own.merging(settings) { $1 },
                environment: ["REDIS_URL": redis],
                file: nil,
                hostName: "test",
                processID: 1,
                needsKey: false,
                readFile: { _ in "" }
            ),
            destination: .presets,
            logger: quiet
        )
        assembly.signals = []
        assembly.connectionLimits = limits ?? assembly.connectionLimits
        let (port, admin) = (OneTime<Int>(), OneTime<Int>())
        assembly.onListening = { port.set(Self.port(of: $0)) }
        assembly.onAdminListening = { admin.set(Self.port(of: $0)) }
        let running = AssemblyService(assembly: assembly)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: running, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: quiet
            )
        )
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                // Whoever waits for a server that does not come, waits no more.
                defer { for listener in [port, admin] { listener.set(0) } }
                try await group.run()
                return nil
            }
            tasks.addTask {
                let intake = TestIntake(
                    port: await port.value,
                    admin: await admin.value,
                    keysPath: path,
                    stop: { await group.triggerGracefulShutdown() }
                )
                return try await body(intake)
            }
            defer { tasks.cancelAll() }
            while let result = try await tasks.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    private struct AssemblyService: Service {
        let assembly: IngestAssembly

        func run() async throws { try await assembly.run() }
    }

    private static func port(of address: String) -> Int { Int(address.split(separator: ":").last ?? "") ?? 0 }

    /// One request on a connection of its own, read to its end.
    func ask(
        _ method: String = "POST",
        _ path: String = "/v1/batch",
        key: String? = TestIntake.key,
        _ headers: [String] = [],
        body: [UInt8] = []
    ) async throws -> Answer {
        let basic = key.map { ["Authorization: Basic " + Data("\($0):".utf8).base64EncodedString()] } ?? []
        let head =
            ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: \(body.count)"]
            + basic + headers
        return try await RawClient.with(port: port) { client in
            try await client.send(head.joined(separator: "\r\n") + "\r\n\r\n")
            // The answer may have come before.
            try? await client.send(bytes: body)
            return Answer(text: await client.rest())
        }
    }

    /// Sends events of these message IDs as one batch.
    func send(_ ids: some Sequence<String>, user: String = "u1") async throws -> Answer {
        let events = ids.map { #"{"type":"track","event":"Hi","userId":"\#(user)","messageId":"\#($0)"}"# }
        return try await ask(body: Array(#"{"batch":[\#(events.joined(separator: ","))]}"#.utf8))
    }

    /// A page of the admin port.
    func probe(_ path: String) async throws -> Answer {
        try await RawClient.with(port: admin) { client in
            try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return Answer(text: await client.rest())
        }
    }

    struct Answer: Sendable {
        let text: String

        var status: Int { Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0 }
        var body: String { text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first.map(String.init) ?? "" }

        func header(_ name: String) -> String? {
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }
}
