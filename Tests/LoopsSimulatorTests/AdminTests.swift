import JSON
import LoopsSimulator
import Testing

/// `/__sim/` over real HTTP.
@Suite struct AdminTests {
    @Test func `inspection`() async throws {
        try await LoopsSimulator.withRunning(.with { _ in }) { simulator, ports in
            let health = try await call(ports.admin, "GET", "/__sim/health")
            #expect(health.json?["ok"] == true)
            #expect(health.json?["unverified"]?["limiter"] == "fixed_first")

            _ = try await call(
                ports.api,
                "PUT",
                "/v1/contacts/update",
                ["email": "a@x.test", "userId": "u1", "nope": 1]
            )
            _ = try await call(
                ports.api,
                "POST",
                "/v1/events/send",
                ["userId": "u1", "eventName": "E", "eventProperties": ["marker": "m1", "seq": 7]],
                key: "k1"
            )
            _ = await simulator.waitForRequests(count: 2)

            let requests = try await call(ports.admin, "GET", "/__sim/requests?since=1").json
            let entry = requests?["requests"]?.arrayValue?.first
            #expect(requests?["requests"]?.arrayValue?.count == 1)
            #expect(requests?["next_since"] == 2)
            #expect(entry?["headers"]?["authorization"] == "Bearer ***")
            #expect(entry?["marker"] == "m1")
            #expect(entry?["seq"] == 7)
            #expect(entry?["committed"] == true)
            #expect(entry?["status"] == 200)

            for query in ["contact=u1&event=E", "event=E", "contact=a%40x.test&since=1"] {
                let effects = try await call(ports.admin, "GET", "/__sim/effects?\(query)").json?["effects"]?.arrayValue
                #expect(effects?.count == 1, "\(query)")
                #expect(effects?.first?["event"] == "E")
            }
            #expect(try await call(ports.admin, "GET", "/__sim/effects?contact=u9").json?["effects"] == [])
            #expect(try await call(ports.admin, "GET", "/__sim/contacts").json?["total"] == 1)
            #expect(try await call(ports.admin, "GET", "/__sim/contact?userId=u1").json?["email"] == "a@x.test")
            #expect(try await call(ports.admin, "GET", "/__sim/contact?userId=u9").status == 404)
            let keys = try await call(ports.admin, "GET", "/__sim/idempotency").json
            #expect(keys?["keys"]?.arrayValue?.first?["key"] == "k1")
            #expect(keys?["keys"]?.arrayValue?.first?["state"] == "done")
            #expect(try await call(ports.admin, "GET", "/__sim/ratelimit").json?.arrayValue?.first?["total"] == 2)
            #expect(try await call(ports.admin, "GET", "/__sim/violations").json?["counts"]?["unknown_property"] == 1)
            let statistics = try await call(ports.admin, "GET", "/__sim/stats").json
            #expect(statistics?["statuses"]?["200"] == 2)
            #expect(statistics?["effects"] == ["updateContact": 1, "sendEvent": 1])
            #expect(try await call(ports.admin, "GET", "/__sim/requests?since=x").status == 400)
            #expect(try await call(ports.api, "GET", "/__sim/health").status == 404)
        }
    }

    @Test func `config, seed, clock, reset`() async throws {
        try await LoopsSimulator.withRunning(.with { _ in }) { simulator, ports in
            let changed = try await call(ports.admin, "PUT", "/__sim/config", ["limit": 1, "limiter": "sliding_log"])
            #expect(changed.json?["limit"] == 1)
            #expect(try await call(ports.admin, "GET", "/__sim/config").json?["limiter"] == "sliding_log")
            let wrong = try await call(ports.admin, "PUT", "/__sim/config", ["limit": "many", "x": 1])
            #expect(wrong.status == 400)
            #expect(wrong.json?["error"]?.arrayValue?.count == 2)

            #expect(try await call(ports.admin, "POST", "/__sim/clock", ["freeze": true]).status == 200)
            #expect(try await call(ports.api, "GET", "/v1/lists").status == 200)
            #expect(try await call(ports.api, "GET", "/v1/lists").status == 429)
            #expect(try await call(ports.admin, "POST", "/__sim/clock", ["advance_ms": 1000]).status == 200)
            #expect(try await call(ports.api, "GET", "/v1/lists").status == 200)
            #expect(try await call(ports.admin, "POST", "/__sim/clock", ["freeze": false]).status == 200)
            _ = try await call(ports.admin, "PUT", "/__sim/config", ["limit": 0])

            let seed: JSONValue = [
                "properties": ["plan": "string"], "lists": ["cm01": "News"], "events": ["E"], "keys": ["second": "s2"],
                "contacts": [["email": "a@x.test", "userId": "u1"], ["email": "a@x.test"]],
                "out_by_user": [["contact": "u1", "list": "cm01"]], "blocklist": ["*@spam.test"],
            ]
            let seeded = try await call(ports.admin, "POST", "/__sim/seed", seed)
            #expect(seeded.json?["refused"]?.arrayValue?.count == 1)
            #expect(try await call(ports.api, "GET", "/v1/lists", bearer: "s2").json?.arrayValue?.count == 1)
            #expect(simulator.withState { $0.contact("u1")?.lists } == ["cm01": .outByUser])
            #expect(try await call(ports.admin, "POST", "/__sim/seed", ["properties": ["x": "list"]]).status == 400)

            #expect(try await call(ports.admin, "POST", "/__sim/reset").status == 200)
            #expect(simulator.withState { $0.teams[0].contacts.isEmpty })
        }
    }

    @Test func `faults, wait, assert`() async throws {
        try await LoopsSimulator.withRunning(.with { _ in }) { simulator, ports in
            let rule: JSONValue = [
                "name": "down", "match": ["path": "/v1/contacts/*"], "action": "respond", "status": 503, "body": "html",
                "remaining": 1,
            ]
            let added = try await call(ports.admin, "POST", "/__sim/faults", rule)
            #expect(added.json == ["id": 1])
            #expect(try await call(ports.api, "PUT", "/v1/contacts/update", ["email": "a@x.test"]).status == 503)
            #expect(try await call(ports.admin, "GET", "/__sim/faults").json?.arrayValue?.first?["fired"] == 1)
            #expect(try await call(ports.admin, "DELETE", "/__sim/faults?id=1").status == 200)
            #expect(try await call(ports.admin, "DELETE", "/__sim/faults?id=1").status == 404)
            #expect(try await call(ports.admin, "DELETE", "/__sim/faults").status == 200)
            let wrong: [JSONValue] = [
                ["action": "explode"], ["action": "respond", "status": 99], ["action": "stall", "stage": "never"],
                ["action": "delay", "ms": -1], ["action": "garbage", "probability": 2],
                ["action": "reset", "stage": "arrival", "match": ["email": "*"]], ["action": "garbage", "nth": "x"],
            ]
            for body in wrong {
                #expect(try await call(ports.admin, "POST", "/__sim/faults", body).status == 400, "\(body.jsonText)")
            }
            for action in [
                "delay", "stall", "reset", "close", "truncate", "garbage", "trickle", "close_after", "refuse",
            ] {
                let body: JSONValue = ["action": .string(action), "probability": 0]
                #expect(try await call(ports.admin, "POST", "/__sim/faults", body).status == 200)
            }

            #expect(try await call(ports.admin, "POST", "/__sim/wait", ["count": 1, "timeout": 1]).status == 408)
            let extremes: [(String, JSONValue)] = [
                ("clock", ["advance_ms": .int(.max)]), ("clock", ["advance_ms": .int(.min)]),
                ("wait", ["count": .int(.min), "timeout": 1e300]),
                ("assert", ["check": "max_rate", "count": .int(.min)]),
            ]
            for (path, body) in extremes { _ = try await call(ports.admin, "POST", "/__sim/\(path)", body) }
            for since in [Int64.max, .min] {
                #expect(
                    try await call(ports.admin, "GET", "/__sim/effects?since=\(since)&limit=\(since)").status == 200
                )
            }
            async let waited = call(ports.admin, "POST", "/__sim/wait", ["count": 1, "timeout": 60_000])
            _ = try await call(
                ports.api,
                "PUT",
                "/v1/contacts/update",
                ["email": "a@x.test", "userId": "u1", "seq": 1]
            )
            #expect(try await waited.json?["reached"] == true)
            _ = try await call(
                ports.api,
                "POST",
                "/v1/events/send",
                ["userId": "u1", "eventName": "E", "eventProperties": ["marker": "m", "seq": 2]],
                key: "k"
            )
            _ = await simulator.waitForRequests(count: 3)

            let checks: [(JSONValue, Int)] = [
                (["check": "exactly_once", "keys": ["k"]], 200), (["check": "exactly_once", "keys": ["x"]], 417),
                (["check": "order", "contact": "u1"], 200), (["check": "order", "contact": "u9"], 417),
                (["check": "exactly_once", "keys": []], 400), (["check": "conflicts"], 200),
                (["check": "order", "contact": "u1", "markers": ["m"]], 200),
                (["check": "order", "contact": "u1", "markers": ["x"]], 417),
                (["check": "max_rate", "count": 1, "window_ms": 600_000], 417),
                (["check": "max_rate", "count": 1_000, "window_ms": 1_000], 200), (["check": "overlap"], 200),
                (["check": "final_state", "contact": "u1", "fields": ["email": "a@x.test"]], 200),
                (["check": "final_state", "contact": "u1", "fields": ["email": "b@x.test"]], 417),
                (["check": "final_state", "contact": "u1", "fields": [:]], 400),
                (["check": "nothing"], 400), ([:], 400),
            ]
            for (body, status) in checks {
                let response = try await call(ports.admin, "POST", "/__sim/assert", body)
                #expect(response.status == status, "\(body.jsonText) \(response.text)")
            }
            #expect(try await call(ports.admin, "POST", "/__sim/outage", ["ms": 0]).status == 400)
        }
    }

    @Test func `waiting ends with its task`() async throws {
        let simulator = LoopsSimulator(configuration: SimulatorConfiguration())
        let waiting = Task { await simulator.waitForEffects(count: 1) }
        let ports = Task { try await simulator.ports }
        waiting.cancel()
        ports.cancel()
        #expect(await waiting.value == false)
        await #expect(throws: CancellationError.self) { try await ports.value }
        #expect(await simulator.waitForEffects(count: 1, timeout: .milliseconds(1)) == false)
        #expect(await simulator.waitForEffects(count: 0))
    }
}
