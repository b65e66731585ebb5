import Crypto
package import JSON

/// The keys of the last 24 hours. A value: time comes in with each call.
package struct IdempotencyStore: Sendable {
    package struct Key: Sendable, Hashable {
        package let team: Int
        /// Nil when one key counts for all endpoints of the team.
        package let endpoint: Endpoint?
        package var text: String { bytes.text }
        private let bytes: UTF8Key

        package init(team: Int, endpoint: Endpoint?, text: String) {
            self.team = team
            self.endpoint = endpoint
            bytes = UTF8Key(text)
        }
    }

    package enum Phase: Sendable, Equatable {
        case inFlight
        case done(Reply)
    }

    package struct Record: Sendable {
        package let key: Key
        package let digest: BodyDigest
        /// The request that holds the key.
        package let request: Int64
        package let firstSeenNanoseconds: Int64
        package internal(set) var phase: Phase
        /// Whether an effect stands behind the key; false when an error answer used it up.
        package internal(set) var applied: Bool
    }

    package enum Answer: Sendable {
        /// Nobody has the key: it is now this request's, in flight.
        case fresh
        case used(Record, sameBody: Bool)
    }

    private var records: [Key: Record] = [:]
    /// Keys in the order they came, for expiry; an entry whose record is gone or younger is skipped.
    private var queue: [(key: Key, request: Int64)] = []
    private var queueHead = 0
    /// Keys forgotten before their time because there were too many.
    package private(set) var forgotten: Int64 = 0

    package init() {}

    package var count: Int { records.count }
    package var all: [Record] { records.values.sorted { $0.request < $1.request } }

    package subscript(key: Key) -> Record? { records[key] }

    /// Takes the key for a request, or says who has it.
    package mutating func begin(
        _ key: Key,
        digest: BodyDigest,
        request: Int64,
        now: Int64,
        configuration: IdempotencyConfiguration
    ) -> Answer {
        expire(now: now, timeToLiveSeconds: configuration.timeToLiveSeconds)
        if let record = records[key] {
            return .used(record, sameBody: record.digest == digest)
        }
        if records.count >= configuration.keysMaximum {
            forgetOldest()
        }
        records[key] = Record(
            key: key,
            digest: digest,
            request: request,
            firstSeenNanoseconds: now,
            phase: .inFlight,
            applied: false
        )
        queue.append((key, request))
        return .fresh
    }

    /// The request that holds the key has ended: the key stays used, or is free again.
    package mutating func end(_ key: Key, request: Int64, reply: Reply, applied: Bool, keep: Bool) {
        guard var record = records[key], record.request == request else { return }
        if keep {
            record.phase = .done(reply)
            record.applied = applied
            records[key] = record
        } else {
            records[key] = nil
        }
    }

    private mutating func expire(now: Int64, timeToLiveSeconds: Int) {
        let horizon = now - Int64(timeToLiveSeconds) * 1_000_000_000
        while let oldest = nextOldest(), oldest.firstSeenNanoseconds <= horizon, oldest.phase != .inFlight {
            records[oldest.key] = nil
            queueHead += 1
        }
        compact()
    }

    private mutating func forgetOldest() {
        guard let oldest = nextOldest() else { return }
        records[oldest.key] = nil
        queueHead += 1
        forgotten += 1
        compact()
    }

    private mutating func nextOldest() -> Record? {
        while queueHead < queue.count {
            let entry = queue[queueHead]
            if let record = records[entry.key], record.request == entry.request { return record }
            queueHead += 1
        }
        return nil
    }

    private mutating func compact() {
        guard queueHead > 1_024, queueHead * 2 > queue.count else { return }
        queue.removeFirst(queueHead)
        queueHead = 0
    }
}

/// The SHA-256 of a request body.
package struct BodyDigest: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]

    package init(raw: [UInt8]) {
        bytes = Array(SHA256.hash(data: raw))
    }

    /// The digest of the value with sorted keys and no white space, so that only the meaning counts.
    package init(canonical value: JSONValue) {
        self.init(raw: BodyDigest.sorted(value).serialized())
    }

    package var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(JSONObject(object.map { ($0.key, sorted($0.value)) }.sorted { $0.0 < $1.0 }))
        case .array(let elements):
            .array(elements.map(sorted))
        case .null, .bool, .int, .uint, .double, .string:
            value
        }
    }
}
