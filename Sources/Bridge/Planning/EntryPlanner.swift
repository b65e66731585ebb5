import Destination
import JSON
import Loops
import RedisStreams
import Segment
import StreamGroups
import Support

/// Decides everything that has to happen to an entry, once, when it is read.
struct EntryPlanner: Sendable {
    let rules: CurrentDestination
    let decoder: EntryDecoder
    let integrations: IntegrationRule
    /// The streams' names, for the idempotency keys of events without a `messageId`.
    let streams: [String]
    /// An entry with more bytes is counted and warned of; 0 for never.
    let sizeWarningBytes: Int
    /// Whether events' trace contexts are passed on.
    let propagatesTraceContext: Bool
    /// Whether entries are noted for the journal.
    let keepsRecords: Bool
    /// Where events are counted; nil for nowhere.
    let metrics: EventMetrics?
    /// Told what requests name at Loops; nil for nobody.
    let account: AccountMonitor?
    /// Told what is no event of Segment's; nil for nobody.
    let recognition: EventRecognition?
    /// Seconds since 1970, and the instant that goes with it, for the age of events.
    let clock: @Sendable () -> (seconds: Double, instant: ContinuousClock.Instant)

    init(
        rules: CurrentDestination,
        streams: [String],
        contactPaths: [String] = ContactKeyRule.defaultPaths,
        integrationName: String = IntegrationRule.defaultName,
        sizeWarningBytes: Int = EntryDecoder.segmentEventBytesMax,
        propagatesTraceContext: Bool = true,
        keepsRecords: Bool = false,
        metrics: EventMetrics? = nil,
        account: AccountMonitor? = nil,
        recognition: EventRecognition? = nil,
        clock: @escaping @Sendable () -> (seconds: Double, instant: ContinuousClock.Instant) = {
            (WallClock.secondsSince1970, .now)
        }
    ) {
        self.rules = rules
        self.decoder = EntryDecoder(contactKeyRule: ContactKeyRule(paths: contactPaths))
        self.integrations = IntegrationRule(name: integrationName)
        self.streams = streams
        self.sizeWarningBytes = sizeWarningBytes
        self.propagatesTraceContext = propagatesTraceContext
        self.keepsRecords = keepsRecords
        self.metrics = metrics
        self.account = account
        self.recognition = recognition
        self.clock = clock
    }

    init(
        _ configuration: BridgeConfiguration,
        rules: CurrentDestination,
        metrics: EventMetrics,
        account: AccountMonitor?,
        recognition: EventRecognition
    ) {
        self.init(
            rules: rules,
            streams: configuration.streams.map(\.name),
            contactPaths: configuration.contactPaths,
            integrationName: configuration.integrationName,
            sizeWarningBytes: configuration.eventSizeWarningBytes,
            propagatesTraceContext: configuration.propagatesTraceContext,
            keepsRecords: configuration.journalEntries > 0 || configuration.receiptsMax > 0,
            metrics: metrics,
            account: account,
            recognition: recognition
        )
    }

    var contactPaths: [String] { decoder.contactKeyRule.paths }
    /// The bytes that an entry may have.
    var entryBytes: Int { decoder.limits.entryBytes }

    /// - Parameter content: what was read out of the entry; nil to read it now.
    func plan(_ entry: StreamEntry, _ content: DecodedEntry? = nil, stream: Int, partition: Int, size: Int)
        -> PlannedEntry
    {
        let rules = rules.current
        let decoded = content ?? decoder.decode(entry)
        var steps: [PlannedRequest] = []
        var faults = decoded.faults.map { DeliveryFailure($0) }
        let trace = propagatesTraceContext ? TraceContext(of: entry, decoded.events.first) : nil
        var adjustments: [Adjustment.Kind] = []
        var looks = decoded.faults.compactMap(\.lookOfForeign)
        var oddities: [EventOddity] = []
        var erased: [String] = []
        for (index, event) in decoded.events.enumerated() {
            if integrations.skips(event) {
                metrics?.filtered(event.type, .integrations)
                continue
            }
            let (requests, failures) = (steps.count, faults.count)
            var measuresAge = false
            let name = event.messageId ?? "\(streams[stream]) \(entry.id) \(index)"
            for (identity, result) in zip(rules.identities, rules.destination.results(for: event.json)) {
                switch result.outcome {
                case .notMatched: continue
                case .request(let request):
                    account?.count(request)
                    if request.operation.traits.erasesContact {
                        erased += decoder.contactKeyRule.keys(of: event.json)
                        erased += request.operation.traits.contactFields.compactMap { request.body[$0]?.stringValue }
                    }
                    let key = IdempotencyKey.make(event: name, mapping: identity)
                    var call = EncodedRequest(request, idempotencyKey: key)
                    call.trace = trace
                    steps.append(
                        PlannedRequest(
                            call: call,
                            mapping: result.mapping,
                            priority: result.priority,
                            expiry: expiry(result, of: event, in: entry)
                        )
                    )
                    adjustments += result.adjustments.map(\.kind)
                    if result.maxAge != nil { measuresAge = true }
                case .invalid(let invalid):
                    let detail = Self.detail("\(invalid)", of: event)
                    faults.append(DeliveryFailure(reason: .invalidFields, detail: detail, mapping: result.mapping))
                case .mappingFailed(let error):
                    faults.append(DeliveryFailure(reason: .mappingFailed, detail: "\(error)", mapping: result.mapping))
                }
            }
            if faults.count > failures {
                metrics?.planned(event.type, .failed)
            } else if steps.count > requests {
                metrics?.planned(event.type, .mapped)
            } else {
                metrics?.filtered(event.type, .noMapping)
                if !event.hasKnownType { looks.append(event.look) }
            }
            // A time that cannot be read matters where an age is measured.
            oddities += event.oddities.filter { measuresAge || $0.kind != .unreadableTime }
        }
        recognition?.planned(
            entry.id,
            stream: streams[stream],
            events: decoded.events.count + decoded.faults.count,
            looks: looks,
            oddities: oddities
        )
        var planned = PlannedEntry(
            contactQueue: OrderingKey(stream: stream, contact: decoded.contactKey ?? entry.id.description),
            id: entry.id,
            partition: partition,
            size: size,
            steps: steps,
            faults: faults,
            occurredAt: decoded.events.first?.occurredAt
        )
        planned.trace = trace
        planned.mappingsLoad = rules.load
        planned.erasedContacts = erased
        if keepsRecords { planned.record = EntryRecord(entry, decoded.events, rules: rules, readAt: clock().instant) }
        planned.adjustments = adjustments
        planned.isIdentify = !decoded.events.isEmpty && decoded.events.allSatisfy { $0.type == "identify" }
        planned.isOversized = sizeWarningBytes > 0 && decoded.bytes > sizeWarningBytes
        return planned
    }

    /// A missing userId may be one that was taken for none.
    private static func detail(_ faults: String, of event: SegmentEvent) -> String {
        let reasons = event.oddities.filter { $0.kind == .placeholderUserId }.map(\.description)
        return reasons.isEmpty ? faults : "\(faults) (\(reasons.joined(separator: "; ")))"
    }

    /// When a request is too old. An event that does not say when it happened is as old as its entry; one of the future has no age yet.
    private func expiry(_ result: MappingResult, of event: SegmentEvent, in entry: StreamEntry) -> Expiry? {
        guard let maxAge = result.maxAge, result.latePolicy != .send else { return nil }
        let (seconds, instant) = clock()
        let age = max(0, seconds - (event.occurredAt ?? Double(entry.id.milliseconds) / 1000))
        return Expiry(at: instant + maxAge - .seconds(age), policy: result.latePolicy)
    }
}

extension EntryError {
    /// What the entry looks like if it is none of Segment's; nil for an event with another fault.
    fileprivate var lookOfForeign: EntryLook? {
        switch self {
        case .foreign(let look, _): look
        case .inBatch(_, let fault): fault.lookOfForeign
        case .emptyEntry, .noEventField, .notJSON, .notAnObject, .missingType, .typeIsNotText: .unknown
        case .tooLarge, .notUTF8, .batchIsNotAnArray, .emptyBatch, .tooManyEvents, .mixedBatch, .roundedUserId: nil
        }
    }
}

extension DeliveryFailure {
    fileprivate init(_ fault: EntryError) {
        self.init(reason: fault == .mixedBatch ? .mixedBatch : .invalidEntry, detail: fault.description)
    }
}

extension TraceContext {
    /// From the entry's field `traceparent` (with `tracestate`), else from its first event's `context`.
    fileprivate init?(of entry: StreamEntry, _ event: SegmentEvent?) {
        func field(_ name: String) -> String? {
            entry.fields?.first { $0.name.elementsEqual(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        let source: (String) -> String? =
            field("traceparent") != nil ? field : { event?.json["context"]?[$0]?.stringValue }
        guard let traceparent = source("traceparent") else { return nil }
        self.init(traceparent: traceparent, tracestate: source("tracestate"))
    }
}
