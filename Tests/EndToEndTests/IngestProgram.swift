import AsyncHTTPClient
import DevKit
import Foundation
import NIOCore
import NIOHTTP1

/// The program `loops-bridge ingest`, with a key of a server.
struct IngestProgram: Sendable {
    static let key = "wk_0123456789abcdef"

    let child: ChildProcess
    let port: Int
    let admin: Int

    static func run<Result: Sendable>(
        redis: String,
        environment: [String: String] = [:],
        body: @Sendable @escaping (IngestProgram) async throws -> Result
    ) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID()).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "keys: [{name: shop, key: \(key)}]".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let (port, admin) = (FreePort.take(), FreePort.take())
        let own = [
            "REDIS_URL": redis, "INGEST_KEYS": path, "INGEST_PORT": "\(port)", "HTTP_PORT": "\(admin)",
        ]
        return try await ChildProcess.run(
            Program.path,
            arguments: ["ingest"],
            environment: own.merging(environment) { $1 }
        ) { child in
            guard await child.line(where: { $0.contains("The intake is up") }) != nil else {
                throw ChildError.endedEarly("loops-bridge ingest", output: child.output)
            }
            return try await body(IngestProgram(child: child, port: port, admin: admin))
        }
    }

    /// Sends a batch once.
    /// - Returns: the status; nil when no answer came.
    func send(_ events: [[UInt8]], scheme: String = "http", client: HTTPClient = .shared) async -> Int? {
        var request = HTTPClientRequest(url: "\(scheme)://127.0.0.1:\(port)/v1/batch")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Basic " + Data("\(Self.key):".utf8).base64EncodedString())
        request.body = .bytes(Array("{\"batch\":[".utf8) + events.joined(separator: Array(",".utf8)) + Array("]}".utf8))
        do {
            let response = try await client.execute(request, timeout: .seconds(15))
            _ = try await response.body.collect(upTo: 1 << 16)
            return Int(response.status.code)
        } catch {
            return nil
        }
    }

    /// Waits until a line of its metrics is like this.
    func sees(_ line: String) async throws {
        while true {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(admin)/metrics")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
            if String(buffer: try await response.body.collect(upTo: 1 << 20)).contains(line) { return }
        }
    }

    /// Sends batches in order, each until it is acknowledged, as an SDK does.
    func deliver(_ events: [[UInt8]], perBatch size: Int = 20) async throws {
        for first in stride(from: 0, to: events.count, by: size) {
            let batch = Array(events[first..<min(first + size, events.count)])
            while await send(batch) != 200 { try Task.checkCancellation() }
        }
    }
}
