import DevKit
import NIOCore
import Support
import Testing

@testable import RedisStreams

private func call(
    _ name: String,
    bytes: Int = 1,
    count: Int = 1,
    _ complete: @escaping (PendingCall.Outcome) -> Void = { _ in }
) -> PendingCall {
    PendingCall(name: name, bytes: ByteBuffer(repeating: 0, count: bytes), count: count, complete: complete)
}

@Suite struct WaitingLineTests {
    @Test func keepsOrderAndSkipsWhoLeft() {
        var line = PendingCallQueue()
        let calls = (0..<5).map { call("\($0)", bytes: 10, count: 2) }
        for call in calls { line.append(call) }
        #expect((line.commandCount, line.byteCount) == (10, 50))
        #expect(line.remove(calls[0]) && line.remove(calls[3]))
        let isThereTwice = line.remove(calls[3])
        #expect(!isThereTwice)
        #expect((line.commandCount, line.byteCount) == (6, 30))
        var names: [String] = []
        while let call = line.popFirst() { names.append(call.name) }
        #expect(names == ["1", "2", "4"])
        #expect(line.isEmpty && line.commandCount == 0 && line.byteCount == 0)
    }

    /// 200,000 that leave in the worst order: a search for each would take minutes.
    @Test func leavingTakesNoSearch() {
        var line = PendingCallQueue()
        let calls = (0..<200_000).map { _ in call("x") }
        for call in calls { line.append(call) }
        for call in calls.reversed() where !line.remove(call) { Issue.record("a call was not there") }
        #expect(line.isEmpty)
        #expect(line.popFirst() == nil)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func behavesAsAnArray(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var line = PendingCallQueue()
        var model: [PendingCall] = []
        for _ in 0..<2000 {
            switch random.next() % 5 {
            case 0...1:
                let new = call("x")
                line.append(new)
                model.append(new)
            case 2: #expect(line.popFirst() === (model.isEmpty ? nil : model.removeFirst()))
            default:
                if model.isEmpty { continue }
                let isThere = line.remove(model.remove(at: Int(random.next() % UInt64(model.count))))
                #expect(isThere)
            }
            #expect(line.commandCount == model.count)
        }
    }
}

@Suite struct ReplyQueueTests {
    @Test func anAbandonedCallKeepsItsPlace() {
        var outcomes: [String] = []
        var queue = ReplyQueue()
        let first = call("a", count: 2) { outcomes.append("a \((try? $0.get())?.count ?? -1)") }
        let second = call("b") { outcomes.append("b \((try? $0.get())?.first?.integer ?? -1)") }
        queue.append(first)
        queue.append(second)
        first.abandon(.timedOut)
        #expect(queue.take(.integer(1)) && queue.take(.integer(2)) && queue.take(.integer(3)))
        #expect(outcomes == ["a -1", "b 3"])
        let isTaken = queue.take(.integer(4))
        #expect(!isTaken)
        #expect(queue.commandCount == 0 && queue.byteCount == 0)
    }

    @Test func bytesAreLetGoOfWhenWritten() {
        let call = call("a", bytes: 100)
        #expect(call.takeBytes().readableBytes == 100)
        #expect(call.takeBytes().readableBytes == 0)
        #expect(call.isWritten)
    }
}

@Suite struct ReconnectBackoffTests {
    @Test func doublesUpToTheCapAndStartsAnewAfterALongLife() {
        var backoff = ReconnectBackoff(base: .milliseconds(100), cap: .seconds(1))
        let waits = (0..<6).map { _ in backoff.wait(afterLife: .zero, random: 0.5) }
        #expect(waits == [50, 100, 200, 400, 500, 500].map { .milliseconds($0) })
        #expect(backoff.wait(afterLife: .milliseconds(999), random: 0.5) == .milliseconds(500))
        #expect(backoff.wait(afterLife: .seconds(1), random: 0.5) == .milliseconds(50))
        for _ in 0..<100 { _ = backoff.wait(afterLife: .zero, random: 0) }
        #expect(backoff.wait(afterLife: .zero, random: 1) == .seconds(1))
    }
}

@Suite struct DurationTests {
    @Test func wholeUnitsWithoutOverflow() {
        #expect(Duration.microseconds(1500).milliseconds == 1)
        #expect(TimeAmount(.microseconds(1500)).nanoseconds == 1_500_000)
        #expect(TimeAmount(.seconds(Int64.max)).nanoseconds == .max)
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
        #expect(Duration.seconds(Int64.min).milliseconds == .min)
        #expect(TimeAmount(.seconds(9_223_372_036) + .milliseconds(900)).nanoseconds == .max)
    }

    @Test func aBlockIsNeverEndless() {
        #expect(RedisClient.blocking(nil) == [])
        #expect(RedisClient.blocking(.zero) == [])
        #expect(RedisClient.blocking(.nanoseconds(1)) == ["BLOCK", "1"])
        #expect(RedisClient.blocking(.milliseconds(250)) == ["BLOCK", "250"])
        #expect(RedisClient.blocking(.seconds(Int64.max)) == ["BLOCK", "2147483647000"])
    }
}

@Suite struct ServerIdentityTests {
    @Test func readsInfo() {
        let info = ServerInfo("# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\nconfig_file:/a:b\r\n")
        #expect(info["config_file"] == "/a:b" && info["# Server"] == nil)
        let identity = ServerIdentity(info)
        #expect(identity.product == "Redis 7.0.15" && identity.runID == "abc")
        #expect(ServerIdentity(ServerInfo("")).runID == "")
    }
}

@Suite struct RedisErrorTests {
    @Test func saysWhatToExpect() {
        let lost = RedisError(.connectionLost("x"), command: "XACK", mayHaveBeenApplied: true)
        #expect(
            lost.isRetryable
                && lost.description == "XACK: the connection to Redis was lost (x); it may have been applied"
        )
        #expect(
            RedisError(.server(RedisServerError("LOADING wait")), command: "A", mayHaveBeenApplied: false).isRetryable
        )
        #expect(
            !RedisError(.server(RedisServerError("WRONGTYPE no")), command: "A", mayHaveBeenApplied: false).isRetryable
        )
    }

    @Test func saysWhatHadAnUnknownReply() {
        #expect(
            RedisError.unexpectedReply(to: "XADD").description
                == "XADD: a reply of an unknown form; it may have been applied"
        )
        #expect(
            RedisError.unexpectedReply(toScript: "fetch").description
                == "EVALSHA: a reply of an unknown form (fetch); it may have been applied"
        )
        let entry = RedisValue.array([.array([.bulk(Bytes("1-0".utf8)), .array([.integer(1)])])])
        #expect(throws: RedisError.unexpectedReply(to: "XRANGE")) { try StreamEntry.list(from: entry, of: "XRANGE") }
        let unwritable = RedisError(.unwritable, command: "XADD", mayHaveBeenApplied: false)
        #expect(unwritable.isRetryable && unwritable.description.contains("cannot be written"))
    }

    @Test func onlyAScriptMayFailHalfWay() {
        let error = RedisServerError("ERR x")
        #expect(RedisCommand("evalsha").mayHaveBeenApplied(despite: error))
        #expect(!RedisCommand("EVALSHA").mayHaveBeenApplied(despite: RedisServerError("NOSCRIPT x")))
        #expect(!RedisCommand("XADD").mayHaveBeenApplied(despite: error))
    }
}
