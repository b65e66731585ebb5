import DevKit
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("The survey script says how a stream stands", .tags(.servers))
struct SurveyScriptTests {
    @Test("Length, lag, pending and what every group has finished")
    func stands() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            var ids: [StreamID] = []
            for number in 0..<6 { ids.append(try await fixture.add(contact: "user-\(number)")) }
            _ = try await session.route(count: 4, window: 100, entryBytes: 1000)
            var survey = try await session.group.inspect()
            #expect(survey.length == 6 && survey.pending == 4)
            // Before Redis 7.0 additions are not counted: unknown, not 0.
            let isCounted = try await fixture.countsAdditions
            #expect(survey.lag == (isCounted ? 2 : nil) && survey.added == (isCounted ? 6 : nil))
            #expect(survey.oldest == ids[0] && survey.finishedBefore == ids[0])
            _ = try await fixture.acknowledge([ids[0]])
            survey = try await session.group.inspect()
            #expect(survey.oldest == ids[1] && survey.finishedBefore == ids[1])
            #expect(survey.headroom == (isCounted ? 1 : nil))
            _ = try await fixture.acknowledge(Array(ids[1...3]))
            survey = try await session.group.inspect()
            #expect(survey.oldest == nil && survey.finishedBefore == ids[3].next)
            // Another group that has read nothing holds everything.
            _ = try await fixture.client.createGroup(fixture.stream, group: "other")
            #expect(try await session.group.inspect().finishedBefore == StreamID.zero.next)
        }
    }

    @Test("The oldest dead letter is named, also when the stream itself is gone")
    func letters() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            #expect(try await session.group.inspect().oldestLetter == nil)
            for id in ["5-0", "7-1"] {
                let arguments: [RedisArgument] = [.string(fixture.keys.deadLetters), .string(id), "a", "b"]
                _ = try await fixture.client.send(RedisCommand("XADD", arguments))
            }
            let oldest = StreamID(milliseconds: 5, sequence: 0)
            #expect(try await session.group.inspect().oldestLetter == oldest)
            _ = try await fixture.client.send(RedisCommand("DEL", [.string(fixture.stream)]))
            let survey = try await session.group.inspect()
            #expect(survey.oldestLetter == oldest && survey.deadLetters == 2)
        }
    }

    @Test("A stream or group that is not there is unknown, not empty of work")
    func absent() async throws {
        try await ScriptFixture.run { fixture in
            let survey = try await fixture.session().group.inspect()
            var nothing = StreamSurvey()
            // That no intake tells of it is known.
            nothing.intakes = []
            #expect(survey == nothing)
            #expect(survey.lag == nil && survey.pending == nil)
        }
    }

    @Test("The lag is known after Redis has loaded its file, when Redis itself does not know it")
    func lagAfterRestart() async throws {
        try await ScriptFixture.run(appendOnly: true) { fixture in
            let session = try await fixture.openSession()
            for number in 0..<5 { try await fixture.add(contact: "user-\(number)") }
            _ = try await session.route(count: 2, window: 100, entryBytes: 1000)
            try await fixture.restart()
            let isCounted = try await fixture.countsAdditions
            #expect(try await session.group.inspect().lag == (isCounted ? 3 : nil))
        }
    }
}

extension ScriptFixture {
    /// Acknowledges as any consumer may, beside the bridge.
    fileprivate func acknowledge(_ ids: [StreamID]) async throws {
        let arguments = [stream, Self.group] + ids.map(\.description)
        _ = try await client.send(RedisCommand("XACK", arguments.map { .string($0) }))
    }
}
