import JSON
import LoopsSimulator
import Testing

/// Every endpoint over real HTTP.
@Suite struct EndpointTests {
    @Test func `an update makes a contact, an event is applied, a delete removes it`() async throws {
        try await LoopsSimulator.withRunning { simulator, ports in
            let update = try await call(
                ports.api,
                "PUT",
                "/api/v1/contacts/update",
                ["email": "ann@x.test", "userId": "u1", "firstName": "Ann"]
            )
            #expect(update.status == 200)
            #expect(update.json?["success"] == true)
            #expect(update.json?["id"]?.stringValue?.count == 25)
            #expect(update.headers["content-type"] == "application/json")
            #expect(update.headers["x-ratelimit-limit"] == "10")
            #expect(update.headers["x-ratelimit-remaining"] == "9")
            #expect(update.headers["retry-after"] == nil)

            let event = try await call(
                ports.api,
                "POST",
                "/v1/events/send",
                ["userId": "u1", "eventName": "Signed Up", "eventProperties": ["plan": "pro", "seats": 3]],
                key: "k1"
            )
            #expect(event.status == 200)
            #expect(event.json == ["success": true])

            let delete = try await call(ports.api, "POST", "/api/v1/contacts/delete", ["userId": "u1"])
            #expect(delete.status == 200)
            #expect(delete.json == ["success": true, "message": "Contact deleted."])

            #expect(await simulator.waitForEffects(count: 3))
            #expect(simulator.effects().map(\.kind.name) == ["contact_created", "event", "contact_deleted"])
            #expect(await simulator.waitForRequests(count: 3))
            let journal = simulator.requests()
            #expect(journal.map(\.status) == [200, 200, 200])
            #expect(journal.allSatisfy { $0.endNanoseconds ?? 0 > $0.arrivalNanoseconds })
            #expect(journal[1].idempotencyKey == "k1")
            #expect(journal[1].userID == "u1")
            #expect(journal.allSatisfy { $0.isCommitted && $0.ending == .answered })
            for entry in journal {
                #expect(entry.headers.first { $0.name == "authorization" }?.value == "Bearer ***")
            }
        }
    }

    @Test func `the other endpoints, on one connection`() async throws {
        var configuration = SimulatorConfiguration.with { _ in }
        configuration.teams = [
            TeamSeed(
                properties: [ContactProperty(key: "plan", label: "Plan", kind: .string)],
                lists: [MailingList(id: "cm01", name: "News")],
                transactionals: ["t1": []]
            )
        ]
        try await LoopsSimulator.withRunning(configuration) { _, ports in
            try await RawConnection.with(port: ports.api) { connection in
                let calls: [(String, String, JSONValue?, Int)] = [
                    ("GET", "/api/v1/api-key", nil, 200), ("GET", "/api/v1/lists", nil, 200),
                    ("GET", "/api/v1/contacts/properties?list=custom", nil, 200),
                    ("POST", "/api/v1/contacts/create", ["email": "a@x.test", "plan": "pro"], 200),
                    ("POST", "/api/v1/contacts/create", ["email": "a@x.test"], 409),
                    ("GET", "/api/v1/contacts/find?email=a%40x.test", nil, 200),
                    ("POST", "/api/v1/transactional", ["email": "a@x.test", "transactionalId": "t1"], 200),
                    ("PATCH", "/api/v1/lists", nil, 405), ("GET", "/api/v2/lists", nil, 404),
                ]
                for (method, path, body, status) in calls {
                    try await connection.send(requestText(method, path, body))
                    let response = try await connection.response()
                    #expect(response.status == status, "\(method) \(path): \(response.text)")
                    #expect(response.json != nil)
                    #expect(response.headers["connection"] == nil)
                }
            }
        }
    }

    @Test func `pipelined requests are answered in their order, and close is close`() async throws {
        try await LoopsSimulator.withRunning(.with { _ in }) { simulator, ports in
            try await RawConnection.with(port: ports.api) { connection in
                var text = ""
                for number in 1...8 {
                    text += requestText(
                        "PUT",
                        "/v1/contacts/update",
                        ["email": "a@x.test", "seq": .int(Int64(number))],
                        close: number == 8
                    )
                }
                try await connection.send(text)
                for number in 1...8 {
                    let response = try await connection.response()
                    #expect(response.status == 200)
                    #expect((response.headers["connection"] == "close") == (number == 8))
                }
                #expect(await connection.untilClosed() == "end")
            }
            #expect(simulator.effects().compactMap(\.sequenceNumber) == Array(1...8))
            #expect(simulator.evidence().overlaps().isPassed)
        }
    }

    @Test func `a body that is too large, in pieces`() async throws {
        var configuration = SimulatorConfiguration.with { _ in }
        configuration.bounds.bodyBytesMaximum = 1_000
        try await LoopsSimulator.withRunning(configuration) { simulator, ports in
            try await RawConnection.with(port: ports.api) { connection in
                let large: JSONValue = [
                    "email": "a@x.test", "firstName": .string(String(repeating: "x", count: 3_000)),
                ]
                try await connection.send(requestText("PUT", "/v1/contacts/update", large))
                let response = try await connection.response()
                #expect(response.status == 413)
                try await connection.send(requestText("PUT", "/v1/contacts/update", ["email": "a@x.test"]))
                #expect(try await connection.response().status == 200)
            }
            #expect(simulator.effects().count == 1)
        }
    }

    @Test func `what is not HTTP ends its connection and nothing else`() async throws {
        try await LoopsSimulator.withRunning { _, ports in
            try await RawConnection.with(port: ports.api) { connection in
                try await connection.send("this is not HTTP\r\n\r\n")
                _ = await connection.untilClosed()
            }
            #expect(try await call(ports.api, "GET", "/v1/lists").status == 200)
        }
    }

    @Test func `more connections than allowed are closed`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.bounds.connectionsMaximum = 1
        try await LoopsSimulator.withRunning(configuration) { _, ports in
            try await RawConnection.with(port: ports.api) { first in
                try await first.send(requestText("GET", "/v1/lists"))
                #expect(try await first.response().status == 200)
                try await RawConnection.with(port: ports.api) { second in
                    _ = await second.untilClosed()
                }
                try await first.send(requestText("GET", "/v1/lists"))
                #expect(try await first.response().status == 200)
            }
        }
    }

    @Test func `a port that is taken is an error, for whoever waits for the ports too`() async throws {
        try await LoopsSimulator.withRunning { _, ports in
            var configuration = SimulatorConfiguration()
            configuration.apiPort = ports.api
            let second = LoopsSimulator(configuration: configuration)
            await #expect(throws: (any Error).self) { try await second.run() }
            await #expect(throws: (any Error).self) { try await second.ports }
        }
    }
}
