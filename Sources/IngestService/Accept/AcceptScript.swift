package import RedisStreams
import StreamGroups

/// One call of `accept.lua`: events of one stream, in order.
package struct AcceptScript: Sendable {
    /// One event with what stands for its message ID.
    package struct Event: Sendable, Equatable {
        package let fingerprint: EventFingerprint
        package let payload: Bytes

        package init(fingerprint: EventFingerprint, payload: Bytes) {
            self.fingerprint = fingerprint
            self.payload = payload
        }
    }

    package enum Answer: Sendable, Equatable {
        /// All are in the stream now.
        /// - Parameters:
        ///   - known: the numbers of those that had been there before, from 0.
        case accepted(known: [Int], length: Int)
        /// Nothing was added: the deadline had passed.
        case late
        /// Nothing was added: by Redis' clock, it is another day.
        case otherDay
        /// Nothing was added: the stream would be longer than it may.
        case full(length: Int)
    }

    /// The most events of one call: more would keep Redis from others for too long.
    package static let eventsMax = 250
    package static let script = RedisScript(
        name: "accept",
        source: String(decoding: PackageResources.accept_lua, as: UTF8.self)
    )
    /// From its first event to the end of the day after, and a day to spare for clocks that are set.
    private static let generationSeconds = 3 * RedisTime.secondsOfDay

    package let keys: IntakeKeys
    package let events: [Event]
    /// When the call is not to be carried out any more.
    package let deadline: RedisTime
    /// Which day it is, by Redis' clock.
    package let day: Int
    /// The most entries that the stream may have; 0 for any number.
    package let maxLength: Int

    package init(keys: IntakeKeys, events: [Event], deadline: RedisTime, day: Int, maxLength: Int) {
        precondition(events.count <= Self.eventsMax, "a call has \(Self.eventsMax) events at most")
        self.keys = keys
        self.events = events
        self.deadline = deadline
        self.day = day
        self.maxLength = maxLength
    }

    /// The keys and the arguments that stand for them.
    private var words: (keys: [String], arguments: [RedisArgument]) {
        var names = [keys.stream, keys.counters]
        var places: [UInt16: Int] = [:]
        var arguments: [RedisArgument] = [
            .integer(deadline.milliseconds), .integer(day), .integer(maxLength), .integer(Self.generationSeconds),
        ]
        for event in events {
            let bucket = event.fingerprint.bucket
            if places[bucket] == nil {
                names.append(keys.known(day: day, bucket: bucket))
                names.append(keys.known(day: day - 1, bucket: bucket))
                places[bucket] = names.count / 2 - 1
            }
            arguments.append(.integer(places[bucket, default: 0]))
            arguments.append(.bytes(event.fingerprint.field))
            arguments.append(.bytes(event.payload))
        }
        return (names, arguments)
    }

    /// The command that runs it.
    /// - Parameter sendsSource: whether Redis is given the text: it does not know the hash.
    func command(sendsSource: Bool) -> RedisCommand {
        let (keys, arguments) = words
        let name: RedisArgument = .string(sendsSource ? Self.script.source : Self.script.sha1)
        return RedisCommand(
            sendsSource ? "EVAL" : "EVALSHA",
            [name, .integer(keys.count)] + keys.map { .string($0) } + arguments
        )
    }

    /// What an answer means, and what time it was in Redis.
    func decode(_ reply: RedisValue) throws(RedisError) -> (answer: Answer, time: RedisTime) {
        guard let parts = reply.array, parts.count >= 3, let word = parts[0].text, let now = parts[1].integer,
            let length = parts[2].integer
        else { throw .unexpectedReply(toScript: Self.script.name) }
        let time = RedisTime(milliseconds: Int(now))
        switch word {
        case "late": return (.late, time)
        case "day": return (.otherDay, time)
        case "full": return (.full(length: Int(length)), time)
        case "accepted":
            let known = parts[3...].compactMap { $0.integer.map { Int($0) } }
            guard known.count == parts.count - 3, known.allSatisfy(events.indices.contains) else { break }
            return (.accepted(known: known, length: Int(length)), time)
        default: break
        }
        throw .unexpectedReply(toScript: Self.script.name)
    }
}
