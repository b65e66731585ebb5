import RedisStreams
import Testing

@Suite(.tags(.servers, .redis7), .timeLimit(.minutes(2))) struct StreamCommandTests {
    private static func id(_ number: Int) -> StreamID { StreamID(milliseconds: UInt64(number), sequence: 0) }

    private static func fill(_ client: RedisClient, _ numbers: ClosedRange<Int>) async throws {
        for number in numbers { _ = try await client.add("s", fields: [StreamField("n", "\(number)")], id: id(number)) }
    }

    @Test func rangesLengthsAndDeletion() async throws {
        try await withRedis { _, client, _ in
            #expect(try await client.length("s") == 0)
            try await Self.fill(client, 1...10)
            #expect(try await client.length("s") == 10)
            #expect(
                try await client.range("s", from: Self.id(3), to: Self.id(5), count: 10).map(\.id)
                    == (3...5).map(Self.id)
            )
            #expect(
                try await client.range("s", count: 2).map(\.fields) == [
                    [StreamField("n", "1")], [StreamField("n", "2")],
                ]
            )
            #expect(try await client.reverseRange("s", count: 2).map(\.id) == [Self.id(10), Self.id(9)])
            #expect(try await client.range("nothing", count: 5).isEmpty)
            #expect(try await client.delete("s", ids: [Self.id(2), Self.id(99)]) == 1)
            #expect(try await client.delete("s", ids: []) == 0)
            #expect(try await client.trim("s", maxLength: 5, exactly: true) == 4)
            #expect(try await client.trim("s", below: Self.id(8), exactly: true) == 2)
            #expect(try await client.range("s", count: 10).map(\.id) == (8...10).map(Self.id))
            let automatic = try await client.add("s", fields: [StreamField("a", "b")], maxLength: 1000)
            #expect(automatic.milliseconds > 1_600_000_000_000)
        }
    }

    @Test func readsBehindAnID() async throws {
        try await withRedis { _, client, _ in
            #expect(try await client.read(stream: "s", after: .zero, count: 5).isEmpty)
            #expect(try await client.read(stream: "s", after: .zero, count: 5, block: .nanoseconds(1)).isEmpty)
            #expect(try await client.read(stream: "s", after: .zero, count: 5, block: .zero).isEmpty)
            try await Self.fill(client, 1...5)
            #expect(
                try await client.read(stream: "s", after: Self.id(3), count: 5).map(\.id) == [Self.id(4), Self.id(5)]
            )
        }
    }

    @Test func aBlockedReadIsWokenByAnEntry() async throws {
        try await withRedis { server, client, _ in
            _ = try await client.createGroup("s", group: "g")
            try await withClient(try server.control()) { control, _ in
                async let entries = client.readNew("s", group: "g", consumer: "c", count: 5, block: .seconds(60))
                try await control.seesBlocked("loops-bridge")
                try await Self.fill(control, 1...1)
                #expect(try await entries.map(\.id) == [Self.id(1)])
                async let plain = client.read(stream: "s", after: Self.id(1), count: 5, block: .seconds(60))
                try await control.seesBlocked("loops-bridge")
                try await Self.fill(control, 2...2)
                #expect(try await plain.map(\.id) == [Self.id(2)])
            }
        }
    }

    @Test func groupsAreMadeOnce() async throws {
        try await withRedis { _, client, _ in
            let isMade = try await client.createGroup("s", group: "g")
            let isMadeAgain = try await client.createGroup("s", group: "g")
            #expect(isMade && !isMadeAgain)
            let noStream = await fault {
                _ = try await client.createGroup("none", group: "g", makeStream: false)
            }
            #expect(noStream != nil)
            let noGroup = await fault {
                _ = try await client.readNew("s", group: "other", consumer: "c", count: 1)
            }
            guard case .server(let answer) = noGroup?.reason else {
                Issue.record("NOGROUP was expected")
                return
            }
            #expect(answer.code == "NOGROUP")
        }
    }

    @Test func newEntriesHistoryAndAcknowledgement() async throws {
        try await withRedis { _, client, _ in
            _ = try await client.createGroup("s", group: "g")
            try await Self.fill(client, 1...5)
            #expect(
                try await client.readNew("s", group: "g", consumer: "c", count: 3).map(\.id) == (1...3).map(Self.id)
            )
            #expect(
                try await client.readNew("s", group: "g", consumer: "c", count: 9).map(\.id) == (4...5).map(Self.id)
            )
            #expect(try await client.readNew("s", group: "g", consumer: "c", count: 9).isEmpty)
            #expect(try await client.ack("s", group: "g", ids: [Self.id(1), Self.id(77)]) == 1)
            #expect(try await client.ack("s", group: "g", ids: []) == 0)
            _ = try await client.delete("s", ids: [Self.id(3)])
            let history = try await client.readHistory("s", group: "g", consumer: "c", count: 10)
            #expect(history.map(\.id) == (2...5).map(Self.id))
            // What is pending but gone from the stream has no fields.
            #expect(history.map { $0.fields == nil } == [false, true, false, false])
            #expect(
                try await client.readHistory("s", group: "g", consumer: "c", after: Self.id(4), count: 10).map(\.id)
                    == [Self.id(5)]
            )
        }
    }

    @Test func pendingEntriesChangeHands() async throws {
        try await withRedis { _, client, _ in
            _ = try await client.createGroup("s", group: "g")
            let none = try await client.pendingSummary("s", group: "g")
            #expect(none.count == 0 && none.first == nil && none.last == nil && none.consumers.isEmpty)
            try await Self.fill(client, 1...4)
            _ = try await client.readNew("s", group: "g", consumer: "a", count: 3)
            _ = try await client.readNew("s", group: "g", consumer: "b", count: 1)
            let summary = try await client.pendingSummary("s", group: "g")
            #expect(summary.count == 4 && summary.first == Self.id(1) && summary.last == Self.id(4))
            #expect(summary.consumers == ["a": 3, "b": 1])
            let pending = try await client.pending("s", group: "g", count: 10, consumer: "a")
            #expect(
                pending.map(\.id) == (1...3).map(Self.id)
                    && pending.allSatisfy { $0.consumer == "a" && $0.deliveries == 1 }
            )
            #expect(
                try await client.claim("s", group: "g", consumer: "b", ids: [Self.id(1)]).first?.fields == [
                    StreamField("n", "1")
                ]
            )
            #expect(try await client.claim("s", group: "g", consumer: "b", ids: []).isEmpty)
            #expect(
                try await client.claim("s", group: "g", consumer: "b", minIdle: .seconds(3600), ids: [Self.id(2)])
                    .isEmpty
            )
            #expect(
                try await client.claimIDs("s", group: "g", consumer: "b", ids: [Self.id(2), Self.id(99)]) == [
                    Self.id(2)
                ]
            )
            let after = try await client.pending("s", group: "g", count: 10)
            #expect(after.map(\.consumer) == ["b", "b", "a", "b"] && after.map(\.deliveries) == [2, 1, 1, 1])
        }
    }

    @Test func whatOthersHoldIsTakenOver() async throws {
        try await withRedis { _, client, _ in
            _ = try await client.createGroup("s", group: "g")
            try await Self.fill(client, 1...4)
            _ = try await client.readNew("s", group: "g", consumer: "a", count: 4)
            _ = try await client.delete("s", ids: [Self.id(2)])
            let first = try await client.autoclaim("s", group: "g", consumer: "b", minIdle: .zero, count: 3)
            #expect(
                first.entries.map(\.id) == [Self.id(1), Self.id(3)] && first.deleted == [Self.id(2)]
                    && first.next == Self.id(4)
            )
            let rest = try await client.autoclaim(
                "s",
                group: "g",
                consumer: "b",
                minIdle: .zero,
                start: first.next,
                count: 3
            )
            #expect(rest.entries.map(\.id) == [Self.id(4)] && rest.next == .zero && rest.deleted.isEmpty)
            #expect(try await client.deleteConsumer("s", group: "g", consumer: "a") == 0)
            #expect(try await client.deleteConsumer("s", group: "g", consumer: "b") == 3)
        }
    }

    @Test func informationAndAnUnknownLag() async throws {
        try await withRedis { _, client, _ in
            _ = try await client.createGroup("s", group: "g")
            #expect(try await client.streamInfo("s").firstEntryID == nil)
            try await Self.fill(client, 1...5)
            _ = try await client.readNew("s", group: "g", consumer: "c", count: 2)
            let stream = try await client.streamInfo("s")
            #expect(
                stream.length == 5 && stream.groups == 1 && stream.firstEntryID == Self.id(1)
                    && stream.lastGeneratedID == Self.id(5)
            )
            let group = try #require(try await client.groupInfos("s").first)
            #expect(
                group.name == "g" && group.consumers == 1 && group.pending == 2 && group.lastDeliveredID == Self.id(2)
            )
            #expect(group.lag == 3 && group.entriesRead == 2)
            let consumer = try #require(try await client.consumerInfos("s", group: "g").first)
            #expect(consumer.name == "c" && consumer.pending == 2 && consumer.idle >= .zero)
            // A deletion in the middle, ahead of the group: Redis no longer knows, and unknown is not 0.
            _ = try await client.delete("s", ids: [Self.id(4)])
            #expect(try await client.groupInfos("s").first?.lag == nil)
            let missing = await fault { _ = try await client.streamInfo("nothing") }
            #expect(missing != nil)
        }
    }
}
