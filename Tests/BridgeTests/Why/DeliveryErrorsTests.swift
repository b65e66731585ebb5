import Logging
import Loops
import RedisStreams
import Synchronization
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite(
    "Troubles: what keeps entries from being delivered, and what of it Redis does not know",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct TroublesTests {
    private func trouble(_ attempts: Int, next: Int64? = 2000) -> DeliveryError {
        DeliveryError(attempts: attempts, status: 503, message: "No.", lastAt: 1000, nextAt: next, member: "a")
    }

    @Test("A failure is told once, a change again, and an end takes it back")
    func differences() {
        var troubles = DeliveryErrors()
        #expect(troubles.difference.isEmpty && troubles.isEmpty)
        troubles.failed(.sample(1), trouble(1))
        let first = troubles.difference
        #expect(first == .init(changed: [.sample(1): trouble(1)]))
        troubles.writing(first)
        #expect(troubles.difference == first, "until it is written")
        troubles.written(first)
        #expect(troubles.difference.isEmpty && !troubles.isEmpty)
        troubles.failed(.sample(1), trouble(2))
        #expect(troubles.difference.changed == [.sample(1): trouble(2)])
        troubles.ended(.sample(1))
        #expect(troubles.difference == .init(removed: [.sample(1)]))
        troubles.written(troubles.difference)
        #expect(troubles.isEmpty)
    }

    @Test("What changes while it is written is written again; what never was is not taken back")
    func during() {
        var troubles = DeliveryErrors()
        troubles.failed(.sample(1), trouble(1))
        let first = troubles.difference
        troubles.writing(first)
        troubles.failed(.sample(1), trouble(2))
        troubles.written(first)
        #expect(troubles.difference.changed == [.sample(1): trouble(2)])
        troubles.failed(.sample(2), trouble(1))
        troubles.ended(.sample(2))
        #expect(troubles.difference.removed.isEmpty)
        // Whether a write that failed came through is not known: it is taken back all the same.
        let lost = troubles.difference
        troubles.writing(lost)
        troubles.ended(.sample(1))
        #expect(troubles.difference.removed == [.sample(1)])
    }

    @Test("No more than 200 entries are told of; those that are told of go on")
    func bounded() {
        var troubles = DeliveryErrors()
        for number in 1...300 { troubles.failed(.sample(UInt64(number)), trouble(1)) }
        #expect(troubles.difference.changed.count == DeliveryErrors.most)
        troubles.failed(.sample(1), trouble(2))
        #expect(troubles.difference.changed[.sample(1)] == trouble(2))
        troubles.ended(.sample(1))
        troubles.failed(.sample(300), trouble(1))
        #expect(troubles.difference.changed[.sample(300)] != nil)
    }

    @Test("A trouble comes back from its text, cut; what is none is none")
    func text() {
        for trouble in [trouble(3), trouble(1, next: nil)] { #expect(DeliveryError(trouble.text) == trouble) }
        let long = DeliveryError(
            attempts: 1,
            status: nil,
            message: String(repeating: "x", count: 500),
            lastAt: 1,
            nextAt: nil,
            member: "a"
        )
        #expect(long.message.count == DeliveryError.maxMessage && DeliveryError(long.text) == long)
        for text in ["", "{}", "[1]", #"{"attempts":1e300,"lastAt":1,"member":1}"#] {
            #expect(DeliveryError(text) == nil)
        }
        #expect(DeliveryError(#"{"attempts":1e300,"lastAt":-1e300,"member":"a"}"#)?.attempts == .max)
    }

    @Test("The hash holds what waits, goes by itself, and is written anew when it is gone or too full")
    func writing() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let writer = DeliveryErrorReporter(
                state: session,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await writer.write()
            #expect(try await fixture.hash(fixture.keys.troubles).isEmpty)

            let answer = LoopsResponse(outcome: .retry(.serverError), status: 503, message: "No.")
            session.attemptFailed(.sample(1), attempts: 4, answer, again: .seconds(5))
            try await writer.write()
            let text = try #require(try await fixture.hash(fixture.keys.troubles)["1-0"])
            let trouble = try #require(DeliveryError(text))
            #expect(trouble.attempts == 4 && trouble.status == 503 && trouble.member == "a")
            #expect(trouble.nextAt == trouble.lastAt + 5000)
            #expect((1...60_000).contains(try await fixture.send("PTTL", fixture.keys.troubles).integer ?? 0))

            try await fixture.send("DEL", fixture.keys.troubles)
            try await writer.write()
            try await writer.write()
            #expect(try await fixture.hash(fixture.keys.troubles).count == 1)

            let fields = (0...DeliveryErrorReporter.maxFields).flatMap {
                [RedisArgument.string("old\($0)"), .string("")]
            }
            _ = try await fixture.client.send(RedisCommand("HSET", [.string(fixture.keys.troubles)] + fields))
            session.attemptFailed(.sample(1), attempts: 5, answer, again: nil)
            try await writer.write()
            try await writer.write()
            #expect(try await fixture.hash(fixture.keys.troubles).keys.sorted() == ["1-0"])

            session.consumer.withLock { $0.deliveryErrors.ended(.sample(1)) }
            try await writer.write()
            #expect(try await fixture.send("EXISTS", fixture.keys.troubles) == .integer(0))
        }
    }
}
