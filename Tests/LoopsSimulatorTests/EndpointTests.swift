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
            let journal = simulator.requests()
            #expect(journal.map(\.status) == [200, 200, 200])
            #expect(journal.allSatisfy { $0.endNanoseconds ?? 0 > $0.arrivalNanoseconds })
        }
    }
}
