package import RedisStreams

/// Looks how the stream and its groups stand.
package struct InspectScript: GroupScript {
    package init() {}

    package static let source = ScriptSource("inspect", ["inspect": PackageResources.inspect_lua])

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.deadLetters, GroupKeys.intakeReports(keys.stream)]
    }
    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [.string(keys.group), .integer(IntakeReport.reportsMax), .integer(IntakeReport.bytesMax)]
    }
    package func decode(_ reply: RedisValue) throws(RedisError) -> StreamSurvey { try StreamSurvey(reply) }
}

/// How a stream stands in Redis, from one look. What Redis does not know is nil and never 0.
package struct StreamSurvey: Sendable, Equatable {
    package var length = 0
    package var deadLetters = 0
    /// The oldest dead letter; nil when there is none.
    package var oldestLetter: StreamID?
    /// Entries ever added; unknown before Redis 7.0.
    package var added: Int?
    /// Entries that the group has not read.
    package var lag: Int?
    /// Entries read and not acknowledged; nil when there is no such group.
    package var pending: Int?
    /// The oldest pending entry.
    package var oldest: StreamID?
    /// Every group has finished all entries before this one; nil when there is no group.
    package var finishedBefore: StreamID?
    /// Intakes that have told of the stream lately, by their IDs; nil when that could not be read.
    package var intakes: [ReportedIntake]?

    package init() {}

    package init(_ value: RedisValue) throws(RedisError) {
        guard let items = value.array, items.count.isMultiple(of: 2) else {
            throw RedisError(.unexpectedReply("inspect"), command: "EVALSHA", mayHaveBeenApplied: false)
        }
        var done: StreamID?
        for index in stride(from: 0, to: items.count, by: 2) {
            let value = items[index + 1]
            let number = value.integer.map { Int($0) }
            switch items[index].text {
            case "length": length = number ?? 0
            case "letters": deadLetters = number ?? 0
            case "added": added = number
            case "lag": lag = number
            case "pending": pending = number
            case "oldest": oldest = StreamID(value)
            case "done": done = StreamID(value)
            case "reports": intakes = intakes ?? []
            case "report":
                guard let intake = ReportedIntake(value) else { break }
                intakes = ((intakes ?? []) + [intake]).sorted { $0.id < $1.id }
            case "isPending":
                // A pending entry is not finished, the last one that was read and acknowledged is.
                let end = number == 1 ? done : done?.next
                finishedBefore = [finishedBefore, end].compactMap { $0 }.min()
            default: break
            }
        }
    }

    /// Looks once. The oldest dead letter is read by a plain command: no script sees what a letter holds.
    package static func of(
        _ keys: GroupKeys,
        client: RedisClient,
        scripts: GroupScripts = GroupScripts()
    ) async throws(RedisError) -> StreamSurvey {
        var survey = try await client.run(InspectScript(), in: keys, scripts: scripts)
        if survey.deadLetters > 0 { survey.oldestLetter = try await client.range(keys.deadLetters, count: 1).first?.id }
        return survey
    }

    /// Entries that are finished and still in the stream: what a producer's trimming can take without a loss.
    package var headroom: Int? {
        guard let lag, let pending else { return nil }
        return max(0, length - lag - pending)
    }
}

extension ReportedIntake {
    /// - Returns: nil when something else has written it.
    fileprivate init?(_ value: RedisValue) {
        guard let parts = value.array, parts.count == 3, let id = parts[0].text, let age = parts[1].integer,
            let report = parts[2].text.flatMap({ IntakeReport($0) })
        else { return nil }
        // A clock that was set back makes no report of the future.
        self.init(id: id, silentSeconds: max(0, Double(age) / 1000), report: report)
    }
}
