import Bridge
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import Operations
import RedisStreams
import StreamGroups
import Support

/// `/dead.json`: dead letters, the newest first, through filters. `POST /dead/replay` and `/dead/drop`: what a person does to them.
struct DeadLetterRoutes: Sendable {
    let bridge: Bridge
    /// nil: nobody sees more than anyone.
    let gate: TokenGate?
    let logger: Logger
    private let desk: DeadLetterDesk
    private let query: DeadLetterQuery
    /// Each question reads Redis by connections of its own.
    private let readers = WatcherLimit(limit: 2)
    private let workers = WatcherLimit(limit: 1)

    static let maxLetters = 100
    /// The most of a request's body, in bytes.
    static let maxBody = 64 << 10

    init(bridge: Bridge, gate: TokenGate?, logger: Logger) {
        self.bridge = bridge
        self.gate = gate
        self.logger = logger
        // Its connections are tried anew by themselves, and the answer says what is wrong.
        var quiet = logger
        quiet.logLevel = .critical
        desk = DeadLetterDesk(bridge.configuration, logger: quiet)
        query = DeadLetterQuery(streams: bridge.streamNames)
    }

    func add(to router: Router<AdminRequestContext>) {
        router.get("/dead.json") { request, context in
            await GuardedResponse.of(request, context, gate, for: "dead") { access in
                await list(access, request.uri.queryParameters)
            }
        }
        for action in DeadLetterOrder.Action.allCases {
            router.post("/dead/\(action.rawValue)") { request, context in
                await GuardedResponse.controlled(request, context, gate, for: "dead \(action.rawValue)") { peer in
                    await perform(action, request, from: peer)
                }
            }
        }
    }

    private func list(_ access: Access, _ parameters: Parameters) async -> Response {
        var fields: [String: [String]] = [:]
        for (name, value) in parameters where !["limit", "before"].contains(name) {
            fields[String(name), default: []].append(String(value))
        }
        var filter: DeadLetterFilter
        do { filter = try query.filter(fields) } catch { return GuardedResponse.fault(.badRequest, "\(error)") }
        if let text = parameters["before"].map(String.init) {
            guard let before = StreamID(text) else {
                return GuardedResponse.fault(.badRequest, "before is a dead letter's ID: 1-0")
            }
            filter.notAfter = before.previous ?? .zero
        }
        guard let seat = readers.take() else { return Self.busy("Others look through") }
        defer { withExtendedLifetime(seat) {} }
        let limit = min(max(1, parameters["limit"].flatMap { Int($0) } ?? 50), Self.maxLetters)
        do {
            let page = try await desk.page(filter, limit: limit, now: Self.now)
            // One that was asked for is shown with what it holds.
            let writer = DeadLetterJSON(access: access, destination: filter.ids.isEmpty ? nil : bridge.destination)
            return GuardedResponse.json([
                "access": .string(access.name), "looked": .int(Int64(page.looked)),
                "next": .optional(page.next?.description),
                "letters": .array(page.letters.map(writer.object)),
            ])
        } catch {
            return failed(error)
        }
    }

    private func perform(_ action: DeadLetterOrder.Action, _ request: Request, from peer: String) async -> Response {
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: Self.maxBody) } catch {
            return GuardedResponse.fault(.contentTooLarge, "The body has more than \(Self.maxBody) bytes.")
        }
        let order: DeadLetterOrder
        let reason: String
        do { (order, reason) = try query.order(action, Array(body.readableBytesView)) } catch {
            return GuardedResponse.fault(.badRequest, "\(error)")
        }
        guard let seat = workers.take() else { return Self.busy("Somebody else replays or drops") }
        let (lines, feed) = AsyncStream<JSONValue>.makeStream(bufferingPolicy: .bufferingNewest(16))
        let answer = ResponseBody { output in
            // A task of its own, so that its lines go out while it works. Who hangs up ends it.
            let work = Task {
                feed.yield(await report(order, reason: reason, from: peer) { feed.yield($0.json) })
                feed.finish()
            }
            defer { work.cancel() }
            for await line in lines {
                try await output.write(ByteBuffer(bytes: line.serialized(escapesInvisible: true) + [0x0A]))
            }
            try await output.finish(nil)
            withExtendedLifetime(seat) {}
        }
        var headers: HTTPFields = [.contentType: "application/x-ndjson", .cacheControl: "no-store"]
        // A proxy that collects an answer before it passes it on would hide the progress.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(status: .ok, headers: headers, body: answer)
    }

    /// - Returns: the last line of the answer.
    private func report(
        _ order: DeadLetterOrder,
        reason: String,
        from peer: String,
        progress: @escaping @Sendable (DeadLetterProgress) -> Void
    ) async -> JSONValue {
        // Of one line, and not too long.
        let said = Pause(by: "http", reason: reason).reason
        var metadata: Logger.Metadata = [
            "action": "\(order.action.rawValue)", "token": "control", "peer": "\(peer)", "reason": "\(said)",
            "letters": "\(order.filter.ids.sorted().map(\.description).joined(separator: ",").cut(to: 200))",
        ]
        do {
            let found = try await desk.perform(
                order,
                destination: bridge.destination,
                now: Self.now,
                progress: progress
            )
            if order.isDryRun { return found.json(order) }
            metadata["done"] = "\(found.done)"
            metadata["left"] = "\(found.leftCount)"
            metadata["gone"] = "\(found.gone)"
            if let failure = found.failure { metadata["error"] = "\(failure)" }
            logger.notice("Dead letters were replayed or dropped over HTTP", metadata: metadata)
            return found.json(order)
        } catch {
            metadata["error"] = "\(error)"
            logger.warning("Dead letters could not be replayed or dropped over HTTP", metadata: metadata)
            return ["error": .string("Nothing was changed. \(words(error))")]
        }
    }

    private func failed(_ error: any Error) -> Response { GuardedResponse.fault(.serviceUnavailable, words(error)) }

    private func words(_ error: any Error) -> String { RedisWords.text(error, bridge.configuration.redis) }

    private static var now: Int64 { Int64(WallClock.secondsSince1970 * 1000) }

    private static func busy(_ who: String) -> Response {
        GuardedResponse.fault(
            .serviceUnavailable,
            "\(who) the dead letters now. Try again in a few seconds.",
            [.retryAfter: "5"]
        )
    }
}
