import JSON
import RedisStreams
import Segment
import StreamGroups

/// Looks for an event in a stream, in its group and among its dead letters: by `messageId`, by contact key, or by the entry's ID.
///
/// Reads only, and no more than it is told to. What moves meanwhile may be told of as it was a moment ago.
package struct EventSearch: Sendable {
    /// How many of the entries before a pending one are listed.
    static let named = 5
    /// Entries asked for by their IDs in one go.
    static let chunk = 100

    private let view: GroupInspector
    private let query: String
    private let scan: Int
    private let limit: Int

    /// - Parameters:
    ///   - scan: entries of the stream, pending ones and dead letters that are looked at, at the most, each.
    ///   - limit: hits that are listed of each kind.
    package init(_ query: String, in view: GroupInspector, scan: Int, limit: Int) {
        self.query = query
        self.view = view
        self.scan = scan
        self.limit = limit
    }

    /// Looks for the event, and for what the entries that it finds wait for.
    /// - Parameter progress: told how many entries were looked at.
    /// - Throws: `RedisError`; `RedisServerError` where Redis refuses one of several commands that were sent together.
    package func run(progress: (Int) -> Void = { _ in }) async throws -> EventSearchResult {
        var findings = EventSearchResult(stream: view.keys.stream)
        let letters = try await letters(&findings)
        let copies = try await view.replayed()
        let info = try await view.streamInfo()
        // Before the pending list: what is read in between shows as waiting, and never as finished.
        let group = try await view.groupInfo()
        findings.oldest = info?.firstEntryID
        findings.hasGroup = group != nil
        findings.pause = try await view.currentPause()
        let leases = try await leases()
        findings.members = leases.members
        let pending = try await pending(group, &findings)
        var hits = SearchMatches(limit: limit)
        let place = { (id: StreamID) -> EventLocation.State? in
            guard let index = pending.index(of: id) else { return nil }
            return .pending(pending.place(at: index, leases: leases))
        }

        var walk = StreamScanner(view.client, view.keys.stream, .backwards)
        var behindTheLast = 0
        var reached = StreamID.max
        while !walk.isAtEnd, findings.looked < scan {
            let entries = try await walk.next(atMost: scan - findings.looked)
            for entry in entries {
                reached = entry.id
                let isUnread = group.map { entry.id > $0.lastDeliveredID } ?? false
                if let found = match(entry) {
                    if let letter = letters[entry.id] {
                        hits.take(found.with(.deadLettered(letter)))
                    } else if let copy = copies.first(where: { $0.value == entry.id })?.key {
                        hits.take(found.with(.replayed(as: copy)))
                    } else if group == nil {
                        hits.take(found.with(.noGroup))
                    } else if isUnread {
                        hits.take(found.with(.waiting(before: behindTheLast)))
                    } else {
                        hits.take(found.with(place(entry.id) ?? .finished))
                    }
                }
                if isUnread { behindTheLast += 1 }
            }
            findings.looked += entries.count
            progress(findings.looked)
        }
        if !walk.isAtEnd { findings.isLimited = true }
        // Waiting entries were counted from the stream's end; before one come all that wait, less those behind it.
        let sawAllUnread = walk.isAtEnd || group.map { reached <= $0.lastDeliveredID } ?? true
        let lag = sawAllUnread ? behindTheLast : group?.lag
        hits.turnWaiting { behind in lag.map { max(0, $0 - behind - 1) + (group?.pending ?? 0) } }

        if !walk.isAtEnd {
            try await lookAtPending(pending, below: reached, leases, letters, &hits, &findings, progress)
        }
        for letter in letters.values where !hits.contains(letter.entry) {
            let ids = messageIDs(view.decoder.decode(letter.fields))
            hits.take(
                EventLocation(
                    stream: view.keys.stream,
                    id: letter.entry,
                    messageIDs: ids,
                    contact: letter.contact,
                    state: .deadLettered(letter)
                )
            )
        }
        findings.hits = try await explained(hits.list, pending, &findings)
        findings.more = hits.more
        return findings
    }

    // MARK: Whether an entry is meant

    private func match(_ entry: StreamEntry) -> EventLocation? {
        let decoded = view.decoder.decode(entry.fields ?? [])
        guard
            isMeant(decoded.contactKey) || decoded.events.contains(where: { isMeant($0.messageId) })
                || isMeant(entry.id.description)
        else { return nil }
        return EventLocation(
            stream: view.keys.stream,
            id: entry.id,
            messageIDs: messageIDs(decoded),
            contact: decoded.contactKey,
            state: .finished
        )
    }

    private func isMeant(_ text: String?) -> Bool { text.map { $0.hasSameBytes(as: query) } ?? false }

    private func messageIDs(_ decoded: DecodedEntry) -> [String] {
        Array(decoded.events.lazy.compactMap(\.messageId).prefix(Self.named))
    }

    // MARK: Where it may be

    /// The letters that are meant, by their entries.
    private func letters(_ findings: inout EventSearchResult) async throws -> [StreamID: DeadLetter] {
        guard let box = DeadLetterQueue(key: view.keys.deadLetters, views: [view]) else { return [:] }
        var filter = DeadLetterFilter()
        filter.streams = [view.keys.stream]
        var search = box.search(filter, newestFirst: true, now: 0)
        var found: [StreamID: DeadLetter] = [:]
        while search.looked < scan, let letters = try await search.next() {
            for letter in letters {
                let isHit =
                    isMeant(letter.contact) || isMeant(letter.entry.description) || isMeant(letter.id.description)
                    || view.decoder.decode(letter.fields).events.contains { isMeant($0.messageId) }
                if isHit, found.count < scan { found[letter.entry] = letter }
            }
        }
        findings.letters = search.looked
        return found
    }

    private func leases() async throws -> LeaseTable {
        let owners = try await view.hash(view.keys.leases).compactMap { partition, text in
            Int(partition).map { ($0, GroupView.Lease(text: text).owner.map(String.init)) }
        }
        let members = try await view.members()
        return LeaseTable(owners: Dictionary(owners) { first, _ in first }, members: members.count)
    }

    private func pending(_ group: GroupInfo?, _ findings: inout EventSearchResult) async throws -> PendingList {
        var list = PendingList()
        guard group != nil else { return list }
        var from = StreamID.zero
        while list.count < scan {
            let count = min(1000, scan - list.count)
            let items = try await view.client.pending(view.keys.stream, group: view.group, from: from, count: count)
            for item in items { list.append(item.id, consumer: item.consumer) }
            guard items.count == count, let next = items.last?.id.next else { return list }
            from = next
        }
        list.isComplete = false
        findings.isLimited = true
        return list
    }

    /// Pending entries that are further back than the search of the stream came, the newest first.
    private func lookAtPending(
        _ pending: PendingList,
        below reached: StreamID,
        _ leases: LeaseTable,
        _ letters: [StreamID: DeadLetter],
        _ hits: inout SearchMatches,
        _ findings: inout EventSearchResult,
        _ progress: (Int) -> Void
    ) async throws {
        let places = pending.ids.indices.filter { pending.ids[$0] < reached }.reversed()
        for start in stride(from: 0, to: places.count, by: Self.chunk) {
            let some = places.dropFirst(start).prefix(Self.chunk)
            let entries = try await view.entries(some.map { pending.ids[$0] })
            for entry in entries {
                guard let found = match(entry), let index = pending.index(of: entry.id) else { continue }
                hits.take(found.with(.pending(pending.place(at: index, leases: leases))))
            }
            findings.looked += entries.count
            progress(findings.looked)
        }
    }

    // MARK: Behind what, and why

    private func explained(
        _ hits: [EventLocation],
        _ pending: PendingList,
        _ findings: inout EventSearchResult
    ) async throws -> [EventLocation] {
        var hits = hits
        var queues: [String: Queue] = [:]
        for index in hits.indices.reversed() {
            guard case .pending(var place) = hits[index].state, let contact = hits[index].contact else { continue }
            if queues[contact] == nil {
                queues[contact] = try await queue(of: contact, before: hits[index].id, place.consumer, pending)
            }
            place.behind = queues[contact]?.behind(hits[index].id) ?? .init()
            hits[index].state = .pending(place)
        }
        var ids: Set<StreamID> = []
        for hit in hits {
            if case .pending(let place) = hit.state { ids.formUnion([hit.id] + place.behind.first.map(\.id)) }
        }
        let troubles = try await troubles(ids.sorted())
        for index in hits.indices {
            guard case .pending(var place) = hits[index].state else { continue }
            place.trouble = troubles[hits[index].id]
            for entry in place.behind.first.indices {
                place.behind.first[entry].trouble = troubles[place.behind.first[entry].id]
            }
            hits[index].state = .pending(place)
        }
        return hits
    }

    /// The pending entries of a contact that are older than one of its entries, the oldest first.
    private struct Queue {
        var entries: [PendingPosition.Behind.Entry] = []
        var isComplete = true

        func behind(_ id: StreamID) -> PendingPosition.Behind {
            let earlier = entries.filter { $0.id < id }
            return PendingPosition.Behind(
                count: earlier.count,
                first: Array(earlier.prefix(EventSearch.named)),
                isComplete: isComplete
            )
        }
    }

    private func queue(
        of contact: String,
        before id: StreamID,
        _ consumer: String,
        _ pending: PendingList
    ) async throws -> Queue {
        var queue = Queue(isComplete: pending.isComplete)
        // A contact's entries are all in one partition.
        let candidates = pending.ids(of: consumer, before: id)
        for start in stride(from: 0, to: candidates.count, by: Self.chunk) {
            for entry in try await view.entries(Array(candidates.dropFirst(start).prefix(Self.chunk))) {
                let decoded = view.decoder.decode(entry.fields ?? [])
                guard let key = decoded.contactKey, key.hasSameBytes(as: contact) else { continue }
                queue.entries.append(.init(id: entry.id, messageID: decoded.events.lazy.compactMap(\.messageId).first))
            }
        }
        return queue
    }

    private func troubles(_ ids: [StreamID]) async throws -> [StreamID: DeliveryError] {
        if ids.isEmpty { return [:] }
        let command = RedisCommand("HMGET", [.string(view.keys.troubles)] + ids.map { .string($0.description) })
        let texts = try await view.client.send(command).array ?? []
        var troubles: [StreamID: DeliveryError] = [:]
        for (id, text) in zip(ids, texts) { troubles[id] = text.text.flatMap { DeliveryError($0) } }
        return troubles
    }
}

extension EventLocation {
    fileprivate func with(_ state: State) -> EventLocation {
        var copy = self
        copy.state = state
        return copy
    }
}
