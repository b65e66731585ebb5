import DevKit
import Foundation
import JSON
import LoopsSimulator
import RedisStreams
import Testing

@testable import Bridge
@testable import BridgeService
@testable import loops_bridge

@Suite("What the mappings name is compared with what the team has at Loops", .tags(.servers), .timeLimit(.minutes(3)))
struct AccountCheckTests {
    private static let mapping = """
        mappings:
          - name: People
            action: createOrUpdateContact
            mapping:
              customAttributes: {plann: {"@path": $.traits.plan}, seats: "five", vip: true}
              mailingLists: {News: true}
          - name: Customers
            action: sendEvent
            mapping: {userId: {"@path": $.properties.customerId}}
        """

    private static var simulation: SimulatorConfiguration {
        var simulation = SimulatorConfiguration.unlimited
        simulation.teams = [
            TeamSeed(
                properties: [
                    ContactProperty(key: "plan", kind: .string), ContactProperty(key: "seats", kind: .number),
                ],
                lists: [MailingList(id: "cm01", name: "News")]
            )
        ]
        return simulation
    }

    @Test(
        "check --connect names a misspelt property, a type, a list and a contact without order; --create-missing makes the rest"
    )
    func check() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "account-\(UUID().uuidString).yaml")
        try Data(Self.mapping.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(Self.simulation) { simulator, ports in
                let environment = [
                    "LOOPS_BASE_URL": "\(ports.baseURL)/v1", "LOOPS_API_KEY": TeamSeed.defaultKey,
                    "BRIDGE_MAPPINGS": file.path,
                ]
                let answer = try await Program.ask(["check", "--connect"], redis: redis.url, environment: environment)
                #expect(answer.status == "0", "\(answer)")
                for part in [
                    "'plann', which Loops does not have", "Did you mean 'plan'?", "'seats', which is a number at Loops",
                    "'vip', which Loops does not have", "the mailing list 'News'", "Did you mean 'cm01' (News)?",
                    "mapping 'Customers': userId comes from properties.customerId",
                ] {
                    #expect(answer.lines.contains { $0.contains(part) }, "\(part): \(answer.lines)")
                }
                let create = ["check", "--connect", "--create-missing"]
                let asked = try await Program.ask(create, redis: redis.url, environment: environment)
                #expect(asked.status == "2", "nobody can answer: \(asked)")
                #expect(simulator.withState { $0.teams[0].properties.count } == 2)
                let made = try await Program.ask(create + ["--yes"], redis: redis.url, environment: environment)
                #expect(made.status == "1", "the misspelt one is left: \(made)")
                let left =
                    "'plann' was not made: Loops has 'plan'. Correct the mapping, or run this without --yes"
                #expect(made.lines.contains(left), "\(made)")
                #expect(simulator.withState { $0.teams[0].properties["plann"] } == nil)
                #expect(made.lines.contains("The contact property 'vip' was made: boolean"), "\(made)")
                #expect(simulator.withState { $0.teams[0].properties["vip"]?.kind } == .boolean)
                let again = try await Program.ask(create + ["--yes"], redis: redis.url, environment: environment)
                #expect(!again.lines.contains { $0.contains("'vip'") }, "\(again)")
            }
        }
    }

    @Test("A running bridge asks by itself, and counts what events name that Loops does not have")
    func running() async throws {
        try await Harness.run(simulation: Self.simulation, change: { $0.checksAccount = true }) { harness in
            _ = await harness.simulator.wait { $0.statistics.endpoints[.lists] ?? 0 > 0 }
            while harness.bridge.status.account.account == nil { await Task.yield() }
            let event: JSONValue = [
                "type": "identify", "userId": "u",
                "traits": ["email": "a@example.com", "plan": "pro", "seats": "5", "color": "blue"],
            ]
            try await harness.publish([event.serialized(), event.serialized()])
            await harness.bridge.confirmedEnds.reached(2)
            let status = harness.bridge.status.json(showsDetails: false)
            #expect(status["account"]?["unknownProperties"] == ["color": 2])
            #expect(status["account"]?["differingTypes"] == ["seats": 2])
            #expect(status["account"]?["lists"] == 1 && status["account"]?["problem"] == .null)
        }
    }
}
