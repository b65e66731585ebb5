import BridgeService
import Ingest
import Support
import Synchronization

/// What answers a request: keys, limits, rates, and the streams that events go to.
final class Intake: Sendable {
    let forwarded: ForwardedAddress
    let bodies: ByteBudget
    let maxBodyBytes: Int
    let metrics: IngestMetrics
    private let shards: Int
    private let streams: StreamIntakes
    /// As it is now: keys are loaded again.
    private let pipeline: Mutex<IngestPipeline>
    private let rates = Mutex(Rates())
    private let start = ContinuousClock.now

    private struct Rates {
        var keys = TokenBuckets()
        var addresses = TokenBuckets()
    }

    /// Bytes of bodies that are read, of all requests together.
    private static let bodyBytesMax = 64 << 20

    init(settings: IngestSettings, pipeline: IngestPipeline, streams: StreamIntakes, metrics: IngestMetrics) {
        self.streams = streams
        self.metrics = metrics
        self.pipeline = Mutex(pipeline)
        shards = settings.shards
        maxBodyBytes = settings.maxBodyBytes
        forwarded = ForwardedAddress(trusted: settings.trustedProxies)
        bodies = ByteBudget(limit: Self.bodyBytesMax)
    }

    /// From now on, requests are judged by this.
    func use(_ pipeline: IngestPipeline) { self.pipeline.withLock { $0 = pipeline } }

    /// - Parameter refusal: why the body was not read; nil when it was.
    /// - Returns: the answer, and the key that was used; nil where none is known.
    func answer(to request: IngestRequest, refusal: IngestRefusal?) async -> (IngestAnswer, key: IngestKey?) {
        let pipeline = pipeline.withLock { $0 }
        if let refusal { return (pipeline.refused(refusal, request), nil) }
        var random = SystemRandomNumberGenerator()
        switch pipeline.outcome(of: request, now: Int64(WallClock.secondsSince1970 * 1000), random: &random) {
        case .answer(let answer): return (answer, nil)
        case .add(let batch, let key, let success):
            metrics.came(batch)
            if let seconds = wait(for: batch.count, key, request.remoteAddress) {
                return (pipeline.refused(.rateLimited(seconds: seconds), request), key)
            }
            switch await add(batch, key) {
            case .success:
                // Not before: what is refused comes again.
                metrics.dropped(batch.dropped, key: key)
                let shards = IngestShards(stream: key.stream, count: shards)
                streams.count(batch.dropped, in: shards.first, key: key.name)
                return (success, key)
            case .failure(let refusal):
                return (pipeline.refused(.unavailable(seconds: refusal.outageSeconds), request), key)
            }
        }
    }

    /// - Returns: for how many seconds the key or the address has to wait; nil for none.
    private func wait(for events: Int, _ key: IngestKey, _ address: String?) -> Int? {
        guard key.rate != nil || key.ratePerAddress != nil else { return nil }
        let now = Int64((.now - start) / .nanoseconds(1))
        return rates.withLock { rates in
            if let limit = key.ratePerAddress, let address,
                let seconds = rates.addresses.take(events, of: "\(key.name) \(address)", limit: limit, now: now)
            {
                return seconds
            }
            return key.rate.flatMap { rates.keys.take(events, of: key.name, limit: $0, now: now) }
        }
    }

    /// The events of a request that go to one stream.
    private struct Part {
        let stream: String
        var events: [AcceptScript.Event] = []
    }

    /// Adds events to the streams of their contacts, each stream's in order.
    private func add(_ batch: NormalizedBatch, _ key: IngestKey) async -> StreamIntake.Outcome {
        let shards = IngestShards(stream: key.stream, count: shards)
        var parts: [Part] = []
        var places: [String: Int] = [:]
        for event in batch.events {
            let stream = shards.stream(of: event)
            let place = places[stream] ?? parts.count
            if place == parts.count {
                places[stream] = place
                parts.append(Part(stream: stream))
            }
            let fingerprint = EventFingerprint(source: key.name, messageID: event.messageId)
            parts[place].events.append(.init(fingerprint: fingerprint, payload: event.payload))
        }
        let library = IngestMetrics.library(batch.sdk)
        if parts.count == 1 { return await add(parts[0], key, library) }
        return await withTaskGroup(of: StreamIntake.Outcome.self) { group in
            for part in parts { group.addTask { await self.add(part, key, library) } }
            var sum = StreamIntake.Accepted()
            var refusal: IntakeRefusal?
            for await outcome in group {
                switch outcome {
                case .success(let part):
                    sum.added += part.added
                    sum.duplicates += part.duplicates
                case .failure(let error): refusal = error
                }
            }
            return refusal.map { .failure($0) } ?? .success(sum)
        }
    }

    /// Counts what is added, also where another part of the request is not: its repetition is a duplicate.
    private func add(_ part: Part, _ key: IngestKey, _ library: String) async -> StreamIntake.Outcome {
        let outcome = await streams.add(part.events, to: part.stream)
        if case .success(let accepted) = outcome {
            metrics.accepted(accepted, key: key)
            streams.count(accepted, in: part.stream, key: key.name, library: library)
        }
        return outcome
    }
}
