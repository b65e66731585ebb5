import Bridge
import Destination
import DevKit
import Foundation
import JSON
import LoopsSimulator
import RedisStreams
import Testing

@testable import loops_bridge

@Suite(
    "Mails: each once, in their contact's order, through crashes and lost answers",
    .tags(.servers),
    .timeLimit(.minutes(5))
)
struct TransactionalTests {
    private static let mapping = """
        mappings:
          - {name: People, action: createOrUpdateContact}
          - name: Receipt
            action: sendTransactional
            trigger: type = "track" and event = "Ordered"
            mapping:
              transactionalId: receipt
              dataVariables: {marker: {"@path": $.messageId}, seq: {"@path": $.properties.seq}}
          - name: Old
            action: sendTransactional
            trigger: type = "track" and event = "Unknown Mail"
            mapping: {transactionalId: nosuchmail, attachments: {"@path": $.properties.files}}
        """

    /// An identify and a mail by turns for each contact.
    private static func events(_ count: Int, contacts: Int) -> [[UInt8]] {
        (0..<count).map { number in
            let contact = number % contacts
            let seq = JSONValue.int(Int64(number / contacts + 1))
            let email = JSONValue.string("user-\(contact)@example.com")
            let event: JSONValue =
                (number / contacts).isMultiple(of: 2)
                ? [
                    "type": "identify", "messageId": .string("m-\(number)"), "userId": .string("user-\(contact)"),
                    "traits": ["email": email, "seq": seq],
                ]
                : [
                    "type": "track", "messageId": .string("m-\(number)"), "userId": .string("user-\(contact)"),
                    "event": "Ordered", "properties": ["email": email, "seq": seq],
                ]
            return event.serialized()
        }
    }

    @Test("Killed between request and acknowledgement, with answers lost: no mail twice, none lost, order kept")
    func killed() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.teams = [TeamSeed(transactionals: ["receipt": ["seq"]])]
        simulation.faults = [
            // Sent, and the answer never comes: the next process asks again.
            FaultRule("lost", on: .endpoint(.transactional), .stall(.afterCommit), probability: 0.02),
            FaultRule("cut", on: .endpoint(.transactional), .disconnect(reset: true, .afterCommit), probability: 0.05),
        ]
        let settled = simulation
        let (count, contacts) = (1200, 40)
        try await withMappings { mappings in
            try await RedisServer.run { redis in
                try await LoopsSimulator.withRunning(settled) { simulator, ports in
                    let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { await client.run() }
                        defer { group.cancelAll() }
                        try await Harness.publish(Self.events(count, contacts: contacts), client)
                        let environment = ["BRIDGE_MAPPINGS": mappings, "LOOPS_REQUEST_TIMEOUT_SECONDS": "1"]
                        for mails in [100, 250, 400] {
                            try await Program.run(
                                redis: redis.url,
                                loops: "\(ports.baseURL)/v1",
                                key: TeamSeed.defaultKey,
                                environment: environment
                            ) { child in
                                // Their answers are on the way when the process dies.
                                _ = await simulator.wait { $0.state.effectCounts[.transactional] ?? 0 >= Int64(mails) }
                                child.send(SIGKILL)
                                await child.exited()
                            }
                        }
                        simulator.clearFaults()
                        try await Program.run(
                            redis: redis.url,
                            loops: "\(ports.baseURL)/v1",
                            key: TeamSeed.defaultKey,
                            environment: environment
                        ) { child in
                            try await ProcessTests.settled(client)
                            child.send(SIGTERM)
                            await child.exited()
                        }
                        #expect(try await client.length("{\(Harness.stream)}:dead") == 0)
                    }
                    try Self.judge(simulator, count: count, contacts: contacts)
                }
            }
        }
    }

    private static func judge(_ simulator: LoopsSimulator, count: Int, contacts: Int) throws {
        let effects = simulator.effects().filter(\.isPrincipal)
        let markers = effects.filter { $0.operation == .transactional }.compactMap(\.marker)
        #expect(markers.count == count / 2, "each mail once")
        #expect(Set(markers).count == count / 2, "no mail twice")
        // What a process repeats after a crash comes again from where it began; nothing new overtakes anything.
        for (contact, effects) in Dictionary(grouping: effects, by: \.email) {
            var newest: Int64 = 0
            for number in effects.compactMap(\.sequenceNumber) {
                #expect(number <= newest + 1, "\(contact): \(number) after \(newest)")
                newest = max(newest, number)
            }
            #expect(newest == Int64(count / contacts), "\(contact) ended at \(newest)")
        }
        let judge = simulator.evidence()
        let account = judge.account(
            (0..<count).map { number in
                let contact = number % contacts
                let isUpdate = (number / contacts).isMultiple(of: 2)
                return ExpectedDelivery(
                    contact: isUpdate ? "user-\(contact)" : "user-\(contact)@example.com",
                    sequenceNumber: Int64(number / contacts + 1),
                    operation: isUpdate ? .updateContact : .transactional,
                    marker: isUpdate ? nil : "m-\(number)"
                )
            }
        )
        #expect(account.duplicated == 0 && account.missing == 0 && account.outOfOrder == 0)
        let replays = simulator.withSimulation { $0.statistics.replays }
        #expect(replays > 0, "some requests were repeated, and Loops knew them")
    }

    @Test("What Loops can never send is a dead letter at once, with its words and the mapping's name")
    func badInput() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.teams = [TeamSeed(transactionals: ["receipt": ["seq", "total"]])]
        try await withMappings { mappings in
            let destination = try Destination(
                file: mappings,
                bytes: Array(try Data(contentsOf: URL(fileURLWithPath: mappings)))
            )
            try await Harness.run(simulation: simulation) { harness in
                harness.bridge.reload(destination)
                func track(_ name: String, _ id: String, _ more: JSONObject) -> [UInt8] {
                    var properties: JSONObject = ["email": "a@example.com"]
                    for (name, value) in more { properties[name] = value }
                    let event: JSONValue = [
                        "type": "track", "messageId": .string(id), "userId": "u", "event": .string(name),
                        "properties": .object(properties),
                    ]
                    return event.serialized()
                }
                try await harness.publish([
                    track("Unknown Mail", "a", [:]),
                    track("Unknown Mail", "b", ["files": [["filename": "x", "contentType": "y", "data": "%"]]]),
                    track("Ordered", "c", ["seq": 1]),
                ])
                await harness.bridge.confirmedEnds.reached(3)
                let letters = try await harness.deadLetters()
                #expect(letters.map { $0["mapping"] } == ["Old", "Old", "Receipt"])
                #expect(letters.map { $0["reason"] } == ["refused", "invalidFields", "refused"])
                #expect(letters[0]["detail"]?.contains("404") ?? false)
                #expect(letters[0]["answer"] == "[sim] no transactional email has this id")
                #expect(letters[1]["detail"]?.contains(#"/attachments/0/data does not look like "base64""#) ?? false)
                #expect(letters[2]["answer"] == "Missing required data variable(s): total")
                // Nothing was tried twice.
                #expect(harness.simulator.requests().count == 2)
            }
        }
    }

    private func withMappings(_ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "mails-\(UUID().uuidString).yaml")
        try Data(Self.mapping.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }
}
