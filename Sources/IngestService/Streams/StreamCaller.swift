import RedisStreams

/// Makes calls of `accept.lua` on one connection, and knows Redis' clock from what they answer. Used by one task.
struct StreamCaller {
    let client: RedisClient
    let keys: IntakeKeys
    let maxLength: Int
    /// How many replicas must have what is accepted; 0 for none.
    let replicas: Int
    private var clock = RedisClock()

    /// How long Redis may take until enough replicas have it.
    private static let replicaMilliseconds = 1000
    /// How long one call may take: a connection that leads to a server that is gone is given up for another one while a request is still held.
    private static let patience = Duration.seconds(2)
    /// What an answer may come after the deadline. Whoever waits for it is told a little later, and need not be told a lie.
    private static let grace = Duration.milliseconds(250)

    init(client: RedisClient, keys: IntakeKeys, maxLength: Int, replicas: Int) {
        self.client = client
        self.keys = keys
        self.maxLength = maxLength
        self.replicas = replicas
    }

    /// - Returns: the numbers of the events that had been there before, and the stream's length.
    mutating func add(
        _ events: [AcceptScript.Event],
        deadline: ContinuousClock.Instant
    ) async throws(CallFailure) -> (known: [Int], length: Int) {
        do {
            let call = try await script(events, deadline: deadline)
            var replies = try await exchange(call, sendsSource: false, deadline: deadline)
            if case .failure(let fault)? = replies.first, fault.code == "NOSCRIPT" {
                replies = try await exchange(call, sendsSource: true, deadline: deadline)
            }
            return try read(replies, of: call)
        } catch let failure as CallFailure {
            throw failure
        } catch let error as RedisError {
            // Whoever answers next may be another server, with another clock.
            clock.forget()
            throw .redis(error)
        } catch {
            preconditionFailure("nothing else is thrown above")
        }
    }

    private mutating func script(
        _ events: [AcceptScript.Event],
        deadline: ContinuousClock.Instant
    ) async throws -> AcceptScript {
        if clock.time(at: .now) == nil {
            let reply = try await client.send(RedisCommand("TIME"), timeout: timeout(deadline))
            guard let parts = reply.array, parts.count == 2, let seconds = parts[0].integer,
                let microseconds = parts[1].integer
            else { throw RedisError.unexpectedReply(to: "TIME") }
            clock.told(RedisTime(milliseconds: Int(seconds * 1000 + microseconds / 1000)), at: .now)
        }
        guard let now = clock.time(at: .now), let end = clock.time(at: deadline) else { throw CallFailure.late }
        return AcceptScript(keys: keys, events: events, deadline: end, day: now.day, maxLength: maxLength)
    }

    private func exchange(
        _ call: AcceptScript,
        sendsSource: Bool,
        deadline: ContinuousClock.Instant
    ) async throws(RedisError) -> [Result<RedisValue, RedisServerError>] {
        var commands = [call.command(sendsSource: sendsSource)]
        // In one go with the script: it counts from the last write of its connection.
        if replicas > 0 {
            // No longer than somebody waits for it; 0 would stand for ever.
            let left = max(1, min(Self.replicaMilliseconds, Int((deadline - .now) / .milliseconds(1))))
            commands.append(RedisCommand("WAIT", [.integer(replicas), .integer(left)]))
        }
        return try await client.pipeline(commands, timeout: timeout(deadline))
    }

    private mutating func read(
        _ replies: [Result<RedisValue, RedisServerError>],
        of call: AcceptScript
    ) throws -> (known: [Int], length: Int) {
        let reply = try value(replies, 0, "EVALSHA")
        let (answer, time) = try call.decode(reply)
        clock.told(time, at: .now)
        switch answer {
        case .late: throw CallFailure.late
        case .otherDay: throw CallFailure.otherDay
        case .full(let length): throw CallFailure.streamFull(length: length)
        case .accepted(let known, let length):
            if replicas > 0 {
                let count = Int(try value(replies, 1, "WAIT").integer ?? 0)
                if count < replicas { throw CallFailure.replicas(count, wanted: replicas) }
            }
            return (known, length)
        }
    }

    private func value(
        _ replies: [Result<RedisValue, RedisServerError>],
        _ index: Int,
        _ command: String
    ) throws(RedisError) -> RedisValue {
        guard index < replies.count else { throw .unexpectedReply(to: command) }
        switch replies[index] {
        case .success(let value): return value
        case .failure(let fault): throw RedisError(.server(fault), command: command, mayHaveBeenApplied: index > 0)
        }
    }

    private func timeout(_ deadline: ContinuousClock.Instant) -> Duration {
        max(.milliseconds(1), min(Self.patience, deadline - .now + Self.grace))
    }
}
