import JSON

/// What one intake tells of one stream: what has come in over HTTP since it began, and what waits. Facts for people; nothing is decided by them.
package struct IntakeReport: Sendable, Equatable {
    /// What became of events.
    package struct Counts: Sendable, Equatable {
        /// Added to the stream.
        package var accepted: Int
        /// In the stream already: a library had sent them again.
        package var duplicates: Int
        package var dropped: Int

        package init(accepted: Int = 0, duplicates: Int = 0, dropped: Int = 0) {
            self.accepted = accepted
            self.duplicates = duplicates
            self.dropped = dropped
        }

        package static func += (one: inout Counts, other: Counts) {
            one.accepted = one.accepted.addingWithoutOverflow(other.accepted)
            one.duplicates = one.duplicates.addingWithoutOverflow(other.duplicates)
            one.dropped = one.dropped.addingWithoutOverflow(other.dropped)
        }
    }

    /// Write keys that are told apart; the others are told together.
    package static let keysMax = 50
    /// Reasons, and libraries, that are read.
    package static let namesMax = 40
    /// The longest text of a report. One that is longer is not read.
    package static let bytesMax = 16_384
    /// The most reports beside one stream.
    package static let reportsMax = 64
    /// How long a report holds that is not followed by another one.
    package static let holdSeconds = 30

    /// When the intake began, by its own clock, in milliseconds since 1970.
    package var since: Int64
    /// By the name of the write key.
    package var keys: [String: Counts] = [:]
    /// Of all write keys for which there is no room.
    package var otherKeys = Counts()
    /// Events of accepted requests that were dropped, by reason.
    package var drops: [String: Int] = [:]
    /// Events, by the library that sent them.
    package var libraries: [String: Int] = [:]
    /// Accepted events, as the last seconds had them; nil in the first second.
    package var acceptedPerSecond: Double?
    /// Parts of requests that wait to be added.
    package var held = 0
    /// How long the oldest of them has waited; nil when none does.
    package var oldestHeldSeconds: Double?
    /// For how long nothing could be added; nil while events can be added.
    package var outageSeconds: Double?
    /// Why nothing can be added: a word of a closed set; nil while events can be added.
    package var failure: String?

    package init(since: Int64) { self.since = since }

    /// All write keys together.
    package var total: Counts { keys.values.reduce(into: otherKeys) { $0 += $1 } }
}

extension IntakeReport {
    /// - Returns: nil when the text was not written by ``text``.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, let value = try? JSONParser.parse(text),
            let since = value["since"]?.integerValue
        else { return nil }
        self.init(since: since)
        for (name, counts) in (value["keys"]?.objectValue ?? [:]).prefix(Self.keysMax) { keys[name] = Counts(counts) }
        otherKeys = Counts(value["otherKeys"])
        drops = Self.numbers(value["drops"])
        libraries = Self.numbers(value["libraries"])
        acceptedPerSecond = Self.duration(value["acceptedPerSecond"])
        held = Self.number(value["held"])
        oldestHeldSeconds = Self.duration(value["oldestHeldSeconds"])
        outageSeconds = Self.duration(value["outageSeconds"])
        failure = value["failure"]?.stringValue
    }

    /// As Redis keeps it.
    package var text: String {
        // Those with the most events have room.
        let order = keys.sorted { ($0.value.accepted, $1.key) > ($1.value.accepted, $0.key) }
        let others = order.dropFirst(Self.keysMax).reduce(into: otherKeys) { $0 += $1.value }
        let object: JSONValue = [
            "since": .int(since),
            "keys": .object(JSONObject(order.prefix(Self.keysMax).map { ($0.key, $0.value.json) })),
            "otherKeys": others.json,
            "drops": Self.json(drops),
            "libraries": Self.json(libraries),
            "acceptedPerSecond": acceptedPerSecond.map { .double($0) } ?? .null,
            "held": .int(Int64(held)),
            "oldestHeldSeconds": oldestHeldSeconds.map { .double($0) } ?? .null,
            "outageSeconds": outageSeconds.map { .double($0) } ?? .null,
            "failure": failure.map { .string($0) } ?? .null,
        ]
        return object.jsonText
    }

    fileprivate static func number(_ value: JSONValue?) -> Int {
        max(0, Int(clamping: value?.integerValue ?? Int64(saturating: value?.doubleValue ?? 0)))
    }

    private static func duration(_ value: JSONValue?) -> Double? {
        value?.doubleValue.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    private static func numbers(_ value: JSONValue?) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for (name, count) in (value?.objectValue ?? [:]).prefix(namesMax) { numbers[name] = number(count) }
        return numbers
    }

    private static func json(_ numbers: [String: Int]) -> JSONValue {
        let order = numbers.sorted { $0.key < $1.key }.prefix(namesMax)
        return .object(JSONObject(order.map { ($0.key, .int(Int64($0.value))) }))
    }
}

extension IntakeReport.Counts {
    /// Three numbers, in the order of the properties.
    fileprivate init(_ value: JSONValue?) {
        let parts = value?.arrayValue ?? []
        func part(_ index: Int) -> Int { IntakeReport.number(index < parts.count ? parts[index] : nil) }
        self.init(accepted: part(0), duplicates: part(1), dropped: part(2))
    }

    fileprivate var json: JSONValue { [.int(Int64(accepted)), .int(Int64(duplicates)), .int(Int64(dropped))] }
}

extension Int {
    /// Whoever may write to Redis may have written any number.
    package func addingWithoutOverflow(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

/// An intake that has told of a stream lately.
package struct ReportedIntake: Sendable, Equatable {
    /// Names this process and no other one.
    package let id: String
    /// How long it has told nothing since, by Redis' clock.
    package let silentSeconds: Double
    package let report: IntakeReport

    package init(id: String, silentSeconds: Double, report: IntakeReport) {
        self.id = id
        self.silentSeconds = silentSeconds
        self.report = report
    }
}
