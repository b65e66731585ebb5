import Bridge
import HTTPTypes
import Hummingbird
import JSON
import RedisStreams

/// `/journal.json`, `/journal/entry.json` and `/journal/events`: what became of the last events.
///
/// The token comes as a header, which no browser adds by itself, and never in an address.
struct JournalRoutes: Sendable {
    /// nil: it is off.
    let journal: EventJournal?
    let replica: String
    /// nil: nobody sees more than anyone.
    let gate: TokenGate?
    /// Between two looks of a watcher.
    var interval = Duration.milliseconds(100)
    private let watchers = WatcherLimit()

    static let maxEntries = 200
    static let off = """
        The journal is off. Set bridge.journal (BRIDGE_JOURNAL) to the number of completed events that a replica remembers, and start it again.
        """

    init(journal: EventJournal?, replica: String, gate: TokenGate?) {
        self.journal = journal
        self.replica = replica
        self.gate = gate
    }

    func add(to router: Router<AdminRequestContext>) {
        router.get("/journal.json") { request, context in
            await answer(request, context) { journal, access in list(journal, access, request.uri.queryParameters) }
        }
        router.get("/journal/entry.json") { request, context in
            await answer(request, context) { journal, access in detail(journal, access, request.uri.queryParameters) }
        }
        router.get("/journal/events") { request, context in
            await answer(request, context) { journal, access in watch(journal, access, request) }
        }
    }

    private func answer(
        _ request: Request,
        _ context: AdminRequestContext,
        _ body: (EventJournal, Access) -> Response
    ) async -> Response {
        await GuardedResponse.of(request, context, gate, for: "journal") { access in
            guard let journal else {
                return GuardedResponse.fault(.notFound, Self.off, more: ["journal": "off"])
            }
            return body(journal, access)
        }
    }

    private func list(_ journal: EventJournal, _ access: Access, _ query: Parameters) -> Response {
        let limit = min(max(1, query["limit"].flatMap { Int($0) } ?? 50), Self.maxEntries)
        let newest = journal.newest
        var cursor = newest
        var missed: UInt64 = 0
        let found: [JournalEntry]
        if let start = Self.start(journal, query) {
            (found, missed) = journal.entries(after: start, atMost: limit)
            cursor = found.last?.number ?? newest
        } else {
            let text = query["query"].map(String.init) ?? ""
            found = journal.search(JournalQuery(text, knowsContacts: access >= .viewer), atMost: limit)
        }
        let writer = JournalJSON(journal: journal, replica: replica, access: access)
        let size = journal.size
        return GuardedResponse.json([
            "replica": .string(replica), "run": .string(journal.run), "access": .string(access.name),
            "newest": .int(Int64(newest)), "cursor": .string("\(journal.run)-\(cursor)"), "missed": .int(Int64(missed)),
            "kept": .int(Int64(size.entries)), "maxEntries": .int(Int64(journal.maxEntries)),
            "bytes": .int(Int64(size.bytes)),
            "entries": .array(found.map { .object(writer.line($0)) }),
        ])
    }

    /// Where whoever follows the journal goes on; nil for who does not.
    private static func start(_ journal: EventJournal, _ query: Parameters) -> UInt64? {
        if let cursor = query["after"].map(String.init) { return JournalEvents.position(after: cursor, in: journal) }
        return query["since"].flatMap { Double($0) }.map { journal.position(since: $0) }
    }

    private func detail(_ journal: EventJournal, _ access: Access, _ query: Parameters) -> Response {
        guard let id = query["id"].flatMap({ StreamID(String($0)) }) else {
            return GuardedResponse.fault(.badRequest, "Give an entry's ID: /journal/entry.json?id=1-0&stream=NAME")
        }
        let named = query["stream"].map(String.init)
        let found = (named.map { [$0] } ?? journal.streams).lazy.compactMap { journal.entry(id, stream: $0) }.first
        guard let found else {
            return GuardedResponse.fault(
                .notFound,
                "The journal of \(replica) does not have the entry \(id), or has it no more."
            )
        }
        let writer = JournalJSON(journal: journal, replica: replica, access: access)
        var object = writer.detail(found)
        object["access"] = .string(access.name)
        return GuardedResponse.json(.object(object))
    }

    private func watch(_ journal: EventJournal, _ access: Access, _ request: Request) -> Response {
        let events = JournalEvents(
            journal: journal,
            writer: JournalJSON(journal: journal, replica: replica, access: access),
            interval: interval
        )
        let start = Self.start(journal, request.uri.queryParameters) ?? journal.newest
        if request.method == .head { return events.head }
        guard let seat = watchers.take() else {
            return GuardedResponse.fault(
                .serviceUnavailable,
                "\(WatcherLimit.limit) watch this replica's journal already. Try again in a few seconds.",
                [.retryAfter: "5"]
            )
        }
        return events.response(from: start, seat: seat)
    }
}
