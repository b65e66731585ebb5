import Synchronization
import Testing

@testable import RedisStreams

@Suite("A cluster's primaries say who takes writes", .tags(.servers), .timeLimit(.minutes(2)))
struct ClusterVoteTests {
    /// Three nodes, `a`, `b` and `c`, with what each of them believes.
    private final class Nodes: Sendable {
        struct Belief: Sendable {
            /// Who takes writes for the lower, the middle and the upper slots.
            var primaries = ["a", "b", "c"]
            var tellsItsID = true
            var answers = true
        }
        let ports = Mutex<[String: Int]>([:])
        let beliefs: Mutex<[String: Belief]>

        init(_ beliefs: [String: Belief]) { self.beliefs = Mutex(beliefs) }

        func answer(_ name: String, _ command: [String]) -> ScriptedPeer.Answer {
            let belief = beliefs.withLock { $0[name, default: Belief()] }
            guard belief.answers else { return .silence }
            switch command.joined(separator: " ") {
            case "CLUSTER MYID":
                return .reply(belief.tellsItsID ? "$1\r\n\(name)\r\n" : "-NOPERM no permission\r\n")
            case "CLUSTER SLOTS":
                let ports = ports.withLock { $0 }
                let starts = [0, 5461, 10923, 16384]
                let ranges = belief.primaries.enumerated().map { index, primary in
                    "*3\r\n:\(starts[index])\r\n:\(starts[index + 1] - 1)\r\n"
                        + "*3\r\n$9\r\n127.0.0.1\r\n:\(ports[primary] ?? 1)\r\n$1\r\n\(primary)\r\n"
                }
                return .reply("*\(ranges.count)\r\n" + ranges.joined())
            default: return .reply("+OK\r\n")
            }
        }
    }

    /// What a client that is connected to `a` hears of it.
    private func vote(_ beliefs: [String: Nodes.Belief]) async throws -> PrimaryVote? {
        let nodes = Nodes([:])
        return try await ScriptedPeer.run({ nodes.answer("a", $1) }) { a in
            try await ScriptedPeer.run({ nodes.answer("b", $1) }) { b in
                try await ScriptedPeer.run({ nodes.answer("c", $1) }) { c in
                    nodes.ports.withLock { $0 = ["a": a.port, "b": b.port, "c": c.port] }
                    var configuration = a.configuration
                    configuration.address = .cluster([RedisEndpoint(host: "127.0.0.1", port: a.port)])
                    // Slot 0: one of the lower ones.
                    configuration.slotKey = ""
                    return try await withClient(configuration) { client, log in
                        await log.connected()
                        nodes.beliefs.withLock { $0 = beliefs }
                        return await client.askMajority()
                    }
                }
            }
        }
    }

    @Test("It is confirmed by two of three, also when it does not tell its ID and when one is silent")
    func confirmed() async throws {
        #expect(try await vote([:]) == .confirmed)
        #expect(try await vote(["c": .init(answers: false)]) == .confirmed)
        #expect(try await vote(["a": .init(tellsItsID: false), "b": .init(tellsItsID: false)]) == .confirmed)
    }

    @Test("A primary that does not know yet that another one was promoted is found out by the others")
    func stale() async throws {
        let others = Nodes.Belief(primaries: ["c", "b", "c"])
        #expect(try await vote(["b": others, "c": others]) == .otherPrimary)
        #expect(try await vote(["a": others]) == .otherPrimary)
    }

    @Test("Alone, or when it does not answer itself, it is not confirmed")
    func alone() async throws {
        let silent = Nodes.Belief(answers: false)
        #expect(try await vote(["b": silent, "c": silent]) == .noMajority)
        #expect(try await vote(["a": silent]) == .noMajority)
    }

    @Test("A cluster of one confirms itself; one server outside of a cluster is asked by nobody")
    func one() async throws {
        #expect(try await vote(["a": .init(primaries: ["a", "a", "a"])]) == .confirmed)
        try await withRedis { _, client, _ in #expect(await client.askMajority() == nil) }
    }

    @Test("Slots: the host of who was asked where none is named, the address where there is no ID, nonsense left out")
    func slots() {
        func text(_ value: String) -> RedisValue { .bulk(Array(value.utf8)) }
        let asked = RedisEndpoint(host: "10.0.0.1", port: 7000)
        let slots = ClusterSlots(
            .array([
                .array([.integer(0), .integer(9), .array([text(""), .integer(7001)])]),
                .array([.integer(10), .integer(16_383), .array([text("h"), .integer(7002), text("id")])]),
                .array([.integer(9), .integer(3), .array([text("x"), .integer(1), text("y")])]),
                .array([.integer(0), .integer(99_999), .array([text("x"), .integer(1), text("y")])]),
                .integer(7),
            ]),
            asked: asked
        )
        let first = RedisEndpoint(host: "10.0.0.1", port: 7001)
        #expect(
            slots.primaries == [
                .init(endpoint: first, id: "\(first)"), .init(endpoint: .init(host: "h", port: 7002), id: "id"),
            ]
        )
        #expect(slots.primary(of: HashSlot(""))?.endpoint == first)
        #expect(slots.endpoints.count == 2)
    }
}
