import JSON
import LoopsSimulator
import Testing

/// Faults at the socket, seen from a client.
@Suite struct ConnectionFaultTests {
    private static let update = requestText("PUT", "/v1/contacts/update", ["email": "a@x.test"])

    /// Sends an update to a simulator with one fault and gives the answer, or how the connection ended, with the journal entry.
    private func strike(
        _ action: FaultAction
    ) async throws -> (response: RawConnection.Response?, ending: String, entry: JournalEntry, effects: Int) {
        try await LoopsSimulator.withRunning(.with { $0.faults = [FaultRule("x", action, remaining: 1)] }) {
            simulator,
            ports in
            let (response, ending) = try await RawConnection.with(port: ports.api) {
                connection -> (RawConnection.Response?, String) in
                try await connection.send(ConnectionFaultTests.update)
                let response = try? await connection.response()
                return (response, await connection.untilClosed())
            }
            #expect(await simulator.waitForRequests(count: 1))
            // The simulator goes on as if nothing had been.
            #expect(try await call(ports.api, "GET", "/v1/lists").status == 200)
            let entry = try #require(simulator.requests().first)
            return (response, ending, entry, simulator.effects().count)
        }
    }

    @Test(arguments: [
        (FaultAction.disconnect(reset: true, .arrival), 0), (.disconnect(reset: true, .before), 0),
        (.disconnect(reset: true, .beforeCommit), 0), (.disconnect(reset: true, .afterCommit), 1),
    ])
    func `a reset, before and after the commit`(action: FaultAction, effects: Int) async throws {
        let result = try await strike(action)
        #expect(result.response == nil)
        #expect(result.ending.contains("reset"), "\(result.ending)")
        #expect(result.entry.ending == .cut)
        #expect(result.entry.isCommitted == (effects == 1))
        #expect(result.effects == effects)
    }

    @Test func `an ordinary close without an answer`() async throws {
        let result = try await strike(.disconnect(reset: false, .afterCommit))
        #expect(result.response == nil)
        #expect(result.ending == "end")
        #expect(result.entry.isCommitted)
    }

    @Test func `a truncated answer`() async throws {
        let result = try await strike(.truncate(share: 0.5))
        #expect(result.response?.status == 200)
        #expect(result.response?.isWhole == false)
        #expect(result.response?.body.isEmpty == false)
        #expect(result.entry.ending == .cut)
        #expect(result.entry.isCommitted)
    }

    @Test func `garbage, a slow answer, HTML, and keep-alive that ends`() async throws {
        try await LoopsSimulator.withRunning(.with { _ in }) { simulator, ports in
            simulator.inject(FaultRule("garbage", .garbage, remaining: 1))
            let garbage = try await call(ports.api, "PUT", "/v1/contacts/update", ["email": "a@x.test"])
            #expect(garbage.status == 200)
            #expect(garbage.isWhole)
            #expect(garbage.json == nil)

            simulator.inject(FaultRule("slow", .trickle(bytes: 7, everyMilliseconds: 1), remaining: 1))
            let slow = try await call(ports.api, "PUT", "/v1/contacts/update", ["email": "a@x.test"])
            #expect(slow.json?["success"] == true)

            for status in [502, 503, 504] {
                simulator.inject(FaultRule("html", .respond(status: status, .html, .before), remaining: 1))
                let page = try await call(ports.api, "PUT", "/v1/contacts/update", ["email": "a@x.test"])
                #expect(page.status == status)
                #expect(page.headers["content-type"] == "text/html")
                #expect(page.headers["x-ratelimit-limit"] == nil)
                #expect(page.text.hasPrefix("<html>"))
            }

            for isAnnounced in [true, false] {
                simulator.inject(FaultRule("close", .closeAfterResponse(announced: isAnnounced), remaining: 1))
                try await RawConnection.with(port: ports.api) { connection in
                    try await connection.send(ConnectionFaultTests.update)
                    let response = try await connection.response()
                    #expect(response.isWhole)
                    #expect((response.headers["connection"] == "close") == isAnnounced)
                    #expect(await connection.untilClosed() == "end")
                }
            }
            #expect(simulator.withSimulation { $0.statistics.statuses } == [200: 4, 502: 1, 503: 1, 504: 1])
        }
    }

    @Test(arguments: [(FaultStage.before, 0), (.beforeCommit, 0), (.afterCommit, 1)])
    func `no answer at all, until the client leaves`(stage: FaultStage, effects: Int) async throws {
        try await LoopsSimulator.withRunning(.with { $0.faults = [FaultRule("x", .stall(stage), remaining: 1)] }) {
            simulator,
            ports in
            try await RawConnection.with(port: ports.api) { connection in
                try await connection.send(ConnectionFaultTests.update)
                #expect(await simulator.wait { $0.faults.entries[0].fired == 1 })
                #expect(simulator.withSimulation { $0.openRequests } == 1)
            }
            #expect(await simulator.waitForRequests(count: 1))
            #expect(simulator.requests().first?.ending == .clientLeft)
            #expect(simulator.effects().count == effects)
            #expect(simulator.withSimulation { $0.statistics.appliedUnanswered } == Int64(effects))
        }
    }

    @Test func `a delay at each stage`() async throws {
        let faults = FaultStage.allCases.map { FaultRule("\($0)", .delay(.fixed(milliseconds: 2), $0)) }
        try await LoopsSimulator.withRunning(.with { $0.faults = faults }) { simulator, ports in
            let response = try await call(ports.api, "PUT", "/v1/contacts/update", ["email": "a@x.test"])
            #expect(response.status == 200)
            #expect(await simulator.waitForRequests(count: 1))
            let entry = try #require(simulator.requests().first)
            #expect(entry.rules == ["arrival", "before", "beforeCommit", "afterCommit"])
            // A floor that the delays guarantee, not a measurement.
            #expect((entry.endNanoseconds ?? 0) - entry.arrivalNanoseconds >= 8_000_000)
        }
    }

    @Test func `an outage cuts connections and ends on the same port`() async throws {
        try await LoopsSimulator.withRunning(.with { _ in }) { simulator, ports in
            try await RawConnection.with(port: ports.api) { connection in
                try await connection.send(requestText("GET", "/v1/lists"))
                #expect(try await connection.response().status == 200)
                try await simulator.refuseConnections(milliseconds: 300)
                #expect(await connection.untilClosed().contains("reset"))
            }
            // Refused until it is over; that it refuses at all is seen in the long outage below, whatever the load.
            var status: Int?
            while status == nil {
                status = try? await call(ports.api, "GET", "/v1/lists").status
                await Task.yield()
            }
            #expect(status == 200)
        }
    }

    @Test func `an outage by a rule, and a stop in the middle of one`() async throws {
        let rule = FaultRule("outage", .refuseConnections(milliseconds: 60_000), nth: 2)
        try await LoopsSimulator.withRunning(.with { $0.faults = [rule] }) { _, ports in
            let before = try await call(ports.api, "GET", "/v1/lists")
            #expect(before.status == 200)
            await #expect(throws: (any Error).self) { try await call(ports.api, "GET", "/v1/lists") }
            await #expect(throws: (any Error).self) { try await call(ports.api, "GET", "/v1/lists") }
        }
    }
}
