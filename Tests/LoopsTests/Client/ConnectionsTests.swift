import DevKit
import Foundation
import JSON
import NIOSSL
import NIOSupport
import Testing

@testable import Loops

@Suite("The connections: made when needed, kept, and given up", .timeLimit(.minutes(2)))
struct ConnectionsTests {
    private static let call = EncodedRequest(
        LoopsRequest(operation: .sendEvent, body: ["eventName": "E"]),
        idempotencyKey: "lb-1"
    )

    private func withClient<Result: Sendable>(
        _ address: String,
        trusting authorities: String? = nil,
        idleLimit: Duration = .seconds(50),
        _ body: @Sendable (LoopsClient) async throws -> Result
    ) async throws -> Result {
        var configuration = LoopsConfiguration(
            baseURL: address,
            apiKey: "key",
            requestTimeout: .seconds(60),
            connectTimeout: .seconds(60),
            userAgent: "test"
        )
        configuration.authorities.file = authorities
        return try await LoopsClient.withClient(configuration, idleLimit: idleLimit, body)
    }

    private func none(_ client: LoopsClient) async { while await client.connectionCount > 0 { await Task.yield() } }

    @Test("One request after another uses one connection; many at once use as many, and no more later")
    func kept() async throws {
        try await ScriptedServer.run(.bytes(Canned.ok)) { _, port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                for _ in 0..<20 { #expect(await client.send(Self.call)?.outcome == .delivered) }
                #expect(await client.connectionCount == 1)
                for _ in 0..<3 {
                    await withTaskGroup(of: LoopsResponse?.self) { group in
                        for _ in 0..<8 { group.addTask { await client.send(Self.call) } }
                        for await answer in group { #expect(answer?.outcome == .delivered) }
                    }
                    #expect(await client.connectionCount <= 8)
                }
            }
        }
    }

    @Test("A connection that the server ends between two requests is not used again")
    func endedByServer() async throws {
        try await ScriptedServer.run(.bytesThenEnd(Canned.ok)) { server, port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                for _ in 0..<5 {
                    #expect(await client.send(Self.call)?.outcome == .delivered)
                    await none(client)
                }
                #expect(server.requests.count == 5)
            }
        }
    }

    @Test("A second answer to one request is never taken for the answer to the next")
    func twoAnswers() async throws {
        let stray = Canned.ok + Canned.answer("400 Bad Request", "{}")
        try await ScriptedServer.run(.bytes(stray)) { _, port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                for _ in 0..<5 {
                    #expect(await client.send(Self.call)?.outcome == .delivered)
                    await none(client)
                }
            }
        }
    }

    @Test("Informational answers are passed over")
    func informational() async throws {
        let text = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Canned.ok
        try await ScriptedServer.run(.bytes(text)) { _, port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                #expect(await client.send(Self.call)?.status == 200)
            }
        }
    }

    @Test("A caller that gives up closes the connection")
    func cancellation() async throws {
        try await ScriptedServer.run(.silence) { server, port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                let request = Task { await client.send(Self.call) }
                while server.requests.isEmpty { await Task.yield() }
                request.cancel()
                #expect(await request.value?.outcome == .retry(.connectionLost))
                #expect(await client.connectionCount == 0)
                let late = Task { await client.send(Self.call) }
                late.cancel()
                #expect(await late.value?.outcome.isDelivered == false)
                await none(client)
            }
        }
    }

    @Test(
        "What is given up is reset, also under TLS: the kernel must not go on sending it when later requests have overtaken it"
    )
    func reset() async throws {
        try await withCertificates { path in
            let security = try Self.security("server", in: path)
            for (scheme, security) in [("http", nil), ("https", security)] {
                try await ScriptedServer.run(.silence, security: security) { server, port in
                    try await withClient("\(scheme)://localhost:\(port)", trusting: "\(path)/ca.pem") { client in
                        let request = Task { await client.send(Self.call) }
                        while server.requests.isEmpty { await Task.yield() }
                        request.cancel()
                        #expect(await request.value?.outcome == .retry(.connectionLost))
                        while server.resets == 0 { await Task.yield() }
                    }
                }
            }
        }
    }

    @Test("At the end of the client what is under way ends, and nothing more is sent")
    func closed() async throws {
        try await ScriptedServer.run(.silence) { server, port in
            let (client, request) = try await withClient("http://127.0.0.1:\(port)") { client in
                let request = Task { await client.send(Self.call) }
                while server.requests.isEmpty { await Task.yield() }
                return (client, request)
            }
            #expect(await request.value?.outcome == .retry(.connectionLost))
            #expect(await client.send(Self.call)?.outcome == .retry(.unreachable))
            #expect(server.requests.count == 1)
        }
    }

    @Test("A name that nobody has: certainly not applied, and said so")
    func noAddress() async throws {
        try await withClient("http://nobody.invalid") { client in
            let answer = await client.send(Self.call)
            #expect(answer?.outcome == .retry(.unreachable))
            #expect(answer?.message.contains("nobody.invalid") == true)
        }
    }

    @Test("An address that cannot be used is told")
    func address() async throws {
        await #expect(throws: LoopsClient.AddressError.self) { try await withClient("app.loops.so") { _ in } }
    }

    @Test("Over TLS only to whom is trusted; to others not one byte of a request goes")
    func transportSecurity() async throws {
        try await withCertificates { try await trusted(certificates: $0) }
    }

    private func withCertificates(_ body: (_ path: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "loops-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Certificates.make(in: folder.path)
        try await body(folder.path)
    }

    private static func security(_ name: String, in path: String) throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile("\(path)/\(name).pem").map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: "\(path)/\(name).key", format: .pem))
            )
        )
    }

    private func trusted(certificates path: String) async throws {
        try await ScriptedServer.run(.bytes(Canned.ok), security: Self.security("server", in: path)) { server, port in
            for host in ["localhost", "127.0.0.1"] {
                try await withClient("https://\(host):\(port)", trusting: "\(path)/ca.pem") { client in
                    for _ in 0..<2 { #expect(await client.send(Self.call)?.outcome == .delivered) }
                    #expect(await client.connectionCount == 1)
                }
            }
            #expect(server.requests.count == 4)
            try await refuses("https://localhost:\(port)", trusting: "\(path)/other.pem")
            #expect(server.requests.count == 4)
        }
        try await kinds(certificates: path)
        // A certificate of an authority that is trusted, for another name.
        try await ScriptedServer.run(.bytes(Canned.ok), security: Self.security("client", in: path)) { server, port in
            for host in ["localhost", "127.0.0.1"] {
                try await refuses("https://\(host):\(port)", trusting: "\(path)/ca.pem")
            }
            #expect(server.requests.isEmpty)
        }
    }

    /// What is said of each kind of certificate that is not accepted.
    private func kinds(certificates path: String) async throws {
        for (certificate, authority, problem, advice) in [
            ("server", "other", "is not trusted: the authority that signed it is unknown here", "Set loops.caFile"),
            ("expired", "ca", "has expired on 2020-01-02", "Renew"),
            ("future", "ca", "is not valid before 2100-01-01", "Check the clock"),
            ("client", "ca", "is for client, not for localhost", "Check the host in loops.baseURL"),
        ] {
            let security = try Self.security(certificate, in: path)
            try await ScriptedServer.run(.bytes(Canned.ok), security: security) { _, port in
                try await withClient("https://localhost:\(port)", trusting: "\(path)/\(authority).pem") { client in
                    let answer = await client.send(Self.call)
                    let words = answer?.message ?? ""
                    #expect(words.hasPrefix("TLS: the certificate of localhost:\(port) \(problem)"), "\(words)")
                    #expect(answer?.advice?.hasPrefix(advice) == true && answer?.outcome == .retry(.unreachable))
                }
            }
        }
    }

    private func refuses(_ address: String, trusting authorities: String) async throws {
        try await withClient(address, trusting: authorities) { client in
            let answer = await client.send(Self.call)
            #expect(answer?.outcome == .retry(.unreachable))
            #expect(answer?.message.lowercased().contains("certificate") == true, "\(answer?.message ?? "")")
        }
    }
}
