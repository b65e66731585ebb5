import JSON
import Segment

/// From a request to the events that it adds, or to its answer. A value: whoever reloads keys makes another.
package struct IngestPipeline: Sendable {
    package struct Options: Sendable {
        package var limits = IngestLimits()
        /// Whether pixel endpoints are on.
        package var acceptsPixels = false
        /// Whether `context.ip` is filled in for devices.
        package var storesAddress = false
        /// What SDKs are told to send to, as `events.example.com/v1`; nil for the request's own host.
        package var apiHost: String?
        package var contactPaths = ContactKeyRule.defaultPaths

        package init() {}
    }

    package enum Outcome: Sendable {
        /// Nothing is added.
        case answer(IngestAnswer)
        /// The events are to be added to the key's stream; then `success` is the answer. Without events, at once.
        case add(NormalizedBatch, key: IngestKey, success: IngestAnswer)
    }

    package let keys: IngestKeys
    package let options: Options
    private let filter: IngestFilter
    private let webhook: LoopsWebhook?
    private let normalizer: EventNormalizer

    /// - Parameter webhook: nil keeps the path of Loops' webhooks off.
    package init(
        keys: IngestKeys,
        filter: IngestFilter = IngestFilter(),
        options: Options = Options(),
        webhook: LoopsWebhook? = nil
    ) {
        self.keys = keys
        self.webhook = webhook
        self.filter = filter
        self.options = options
        normalizer = EventNormalizer(contactPaths: options.contactPaths, storesAddress: options.storesAddress)
    }

    /// - Parameter now: milliseconds since 1970.
    package func outcome(
        of request: IngestRequest,
        now: Int64,
        random: inout some RandomNumberGenerator
    ) -> Outcome {
        do throws(IngestRefusal) {
            return try accepted(request, now: now, random: &random)
        } catch {
            return .answer(refused(error, request))
        }
    }

    /// The answer to a request that is refused, also later than here: for its rate, or because Redis does not take it.
    package func refused(_ refusal: IngestRefusal, _ request: IngestRequest) -> IngestAnswer {
        if case .pixel = request.endpoint, refusal != .endpointOff { return .pixel(refusal) }
        return shared(.refused(refusal), request)
    }

    private func accepted(
        _ request: IngestRequest,
        now: Int64,
        random: inout some RandomNumberGenerator
    ) throws(IngestRefusal) -> Outcome {
        switch request.endpoint {
        case .health, .telemetry: return .answer(shared(.success, request))
        case .preflight: return .answer(CrossOrigin.preflight(request, keys: keys))
        case .wrongMethod(let allowed): throw .wrongMethod(allowed: allowed)
        case .unknown: throw .unknownPath
        case .loopsWebhook:
            guard let webhook else { throw .endpointOff }
            let batch = try webhook.batch(of: request, limits: options.limits, now: now)
            return .add(batch, key: webhook.key, success: .success)
        case .settings(let key):
            _ = try acceptedKey(of: request, body: nil)
            let host = options.apiHost ?? request.header("Host").flatMap(SettingsAnswer.host).map { "\($0)/v1" }
            return .answer(shared(SettingsAnswer.answer(key: key, apiHost: host), request))
        case .pixel where !options.acceptsPixels: throw .endpointOff
        case .pixel: return try add(PixelQuery.body(request), request, now: now, random: &random)
        case .batch, .single, .beacon:
            return try add(
                try RequestBody.object(of: request, limits: options.limits),
                request,
                now: now,
                random: &random
            )
        }
    }

    private func add(
        _ body: JSONObject,
        _ request: IngestRequest,
        now: Int64,
        random: inout some RandomNumberGenerator
    ) throws(IngestRefusal) -> Outcome {
        let key = try acceptedKey(of: request, body: .object(body))
        try RequestBody.checkBatch(of: body, endpoint: request.endpoint, limits: options.limits)
        let batch = normalizer.normalize(
            body,
            endpoint: request.endpoint,
            key: key,
            filter: filter.narrowed(for: key),
            remoteAddress: request.remoteAddress,
            now: now,
            random: &random
        )
        if case .pixel = request.endpoint { return .add(batch, key: key, success: .pixel) }
        return .add(batch, key: key, success: shared(.success, request))
    }

    private func acceptedKey(of request: IngestRequest, body: JSONValue?) throws(IngestRefusal) -> IngestKey {
        let key = try IngestCredentials(request).key(in: keys, body: body)
        if case .pixel = request.endpoint { return key }
        let origin = request.header("Origin")
        switch key.kind {
        case .browser:
            // What comes without an origin is an app, or a script: no list of origins stops that.
            guard let origin, !key.origins.contains(origin.lowercased()) else { return key }
            throw .originNotAllowed
        case .server:
            guard origin == nil, !isPageEvent(request) else { throw .serverKeyInBrowser }
            return key
        }
    }

    /// What only the browser's SDK sends so.
    private func isPageEvent(_ request: IngestRequest) -> Bool {
        guard case .single(_, .device) = request.endpoint else { return false }
        return request.header("Content-Type")?.lowercased().hasPrefix("text/plain") == true
    }

    private func shared(_ answer: IngestAnswer, _ request: IngestRequest) -> IngestAnswer {
        var answer = answer
        answer.headers += CrossOrigin.headers(for: request, keys: keys)
        return answer
    }
}
