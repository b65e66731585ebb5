import JSON
import LoopsSimulator
import Testing

/// What HTTP itself asks for, on the wire.
@Suite struct ProtocolTests {
    private func exchange(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        _ requests: String...
    ) async throws -> String {
        try await LoopsSimulator.withRunning(configuration) { _, ports in
            try await RawConnection.with(port: ports.api) { connection in
                for request in requests { try await connection.send(request) }
                return await connection.text()
            }
        }
    }

    @Test func `an answer to HEAD has no body`() async throws {
        // Were there a body, the next answer would not begin where it should.
        let last = requestText("GET", "/v1/api-key", close: true)
        let text = try await exchange(SimulatorConfiguration(), requestText("HEAD", "/v1/lists"), last)
        #expect(text.lowercased().contains("allow: get\r\n"))
        #expect(text.hasPrefix("HTTP/1.1 405 ") && text.contains("\r\n\r\nHTTP/1.1 200 "), "\(text)")
    }

    @Test func `a 204 has neither body nor length`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.faults = [FaultRule("204", .respond(status: 204, .text("no body"), .before), remaining: 1)]
        let text = try await exchange(configuration, requestText("GET", "/v1/lists", close: true))
        #expect(text.hasPrefix("HTTP/1.1 204 ") && text.hasSuffix("\r\n\r\n") && !text.contains("no body"), "\(text)")
        #expect(!text.lowercased().contains("content-length"))
    }

    @Test func `who asks before it sends the body is told to go on`() async throws {
        let request = requestText("PUT", "/v1/contacts/update", ["email": "a@x.test"], close: true)
        let parts = request.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
        let answers = try await LoopsSimulator.withRunning { _, ports in
            try await RawConnection.with(port: ports.api) { connection in
                try await connection.send(parts[0] + "\r\nexpect: 100-continue\r\n\r\n")
                let first = await connection.text(until: "\r\n\r\n")
                try await connection.send(parts[1])
                return [first, await connection.text()]
            }
        }
        #expect(answers[0].hasPrefix("HTTP/1.1 100 "))
        #expect(answers[1].hasPrefix("HTTP/1.1 200 "), "\(answers)")
    }
}
