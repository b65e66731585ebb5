package import Destination
import JSON
package import RedisStreams
import Segment
package import StreamGroups

/// Puts dead letters back into their streams, in the order of their entries.
package struct DeadLetterReplayer: Sendable {
    /// A letter to replay, without what it holds.
    package struct Item: Sendable, Equatable {
        package let id: StreamID
        package let stream: String
        package let entry: StreamID
        package let contact: String?
        /// Why it is left alone; nil when it is replayed.
        package var obstacle: String?
        /// Whether only the order of its contact's events speaks against it.
        package var isOvertaken = false
        fileprivate let box: Int
    }

    /// How many copies are remembered as such, as many as the dead-letter stream holds, and for how long: a month after the last one. What could
    /// not be remembered is not replayed: an old event's copy would be taken for a newer event.
    static let copiesRemembered = (count: 100_000, milliseconds: 30 * 24 * 3600 * 1000)

    /// In the order in which they are to be replayed.
    package private(set) var items: [Item] = []
    private let boxes: [DeadLetterQueue]
    private let scan: Int
    private let destination: Destination?
    /// Replayed entries of a stream that are remembered at the most.
    private let copiesRemembered: Int

    /// - Parameters:
    ///   - scan: entries of a stream that are looked at for newer events, at the most.
    ///   - destination: the mappings by which an event that none of them takes does not count as a newer one; nil when all count.
    package init(boxes: [DeadLetterQueue], scan: Int, destination: Destination? = nil) {
        self.init(boxes: boxes, scan: scan, destination: destination, copiesRemembered: Self.copiesRemembered.count)
    }

    init(boxes: [DeadLetterQueue], scan: Int, destination: Destination? = nil, copiesRemembered: Int) {
        self.copiesRemembered = copiesRemembered
        self.boxes = boxes
        self.scan = scan
        self.destination = destination
    }

    /// Takes a letter of one of the boxes.
    package mutating func add(_ letter: DeadLetter, box: Int) {
        let isKnown = boxes[box].view(of: letter.stream) != nil
        items.append(
            Item(
                id: letter.id,
                stream: letter.stream,
                entry: letter.entry,
                contact: letter.contact,
                obstacle: isKnown ? letter.obstacle : "its stream \(letter.stream) is none of bridge.streams",
                box: box
            )
        )
    }

    /// Puts the letters in order and finds out what speaks against them.
    ///
    /// What is published from now on is not seen; it comes before the replayed entry if it is faster than the replay.
    /// - Parameters:
    ///   - limit: the letters that are kept, those with the oldest entries; nil for all.
    ///   - progress: told how many entries of a stream were looked at.
    /// - Throws: `RedisError`; `RedisServerError` where Redis refuses one of several commands that were sent together.
    package mutating func prepare(limit: Int? = nil, progress: (Int) -> Void = { _ in }) async throws {
        let allCopies = try await copiesByStream()
        // The letter of a copy stands where the first of its originals stood.
        let places = items.map { ReplayOrderCheck.place(of: $0.entry, allCopies[$0.stream] ?? [:]) }
        items = zip(places, items).sorted { ($0.0, $0.1.stream, $0.1.id) < ($1.0, $1.1.stream, $1.1.id) }.map(\.1)
        if let limit, items.count > limit { items.removeLast(items.count - limit) }
        for (index, box) in boxes.enumerated() {
            for view in box.views {
                let own = items.indices.filter {
                    items[$0].box == index && items[$0].stream == view.keys.stream && items[$0].obstacle == nil
                }
                if own.isEmpty { continue }
                let copies = allCopies[view.keys.stream] ?? [:]
                let orderCheck = try await orderCheck(of: own.map { items[$0] }, copies, view: view, box: box, progress)
                var room = copiesRemembered - copies.count
                for place in own {
                    let verdict = orderCheck.verdict(items[place].entry, contact: items[place].contact)
                    items[place].obstacle = verdict.obstacle
                    items[place].isOvertaken = verdict.obstacle != nil
                    room -= 1
                    if room < 0 {
                        items[place].obstacle = fullMemory(of: view)
                        items[place].isOvertaken = false
                    }
                }
            }
        }
    }

    /// Replays one letter. Repeating it after a lost answer adds nothing.
    /// - Returns: the new entry's ID; nil when the letter is gone: replayed or dropped meanwhile.
    package func replay(_ item: Item) async throws(RedisError) -> StreamID? {
        let box = boxes[item.box]
        guard let view = box.view(of: item.stream) else { return nil }
        let call = ReplayScript(
            letter: item.id,
            deadLetters: box.key,
            entry: item.entry,
            reasonFields: (DeadLetter.fieldNames.count, DeadLetter.fieldNames.last ?? ""),
            maxFields: DeadLetter.maxFields,
            remembered: (copiesRemembered, Self.copiesRemembered.milliseconds)
        )
        return try await view.client.run(call, in: view.keys)
    }

    private func fullMemory(of view: GroupInspector) -> String {
        """
        \(copiesRemembered) replayed entries of the stream are remembered, and no more can be, so that later replays would take this one's \
        copy for a newer event. They are forgotten a month after the last replay; or delete the key \(view.keys.replayed) once what was \
        replayed is delivered
        """
    }

    /// Of every stream that letters come from, which entry is a copy of which.
    private func copiesByStream() async throws -> [String: [StreamID: StreamID]] {
        var copies: [String: [StreamID: StreamID]] = [:]
        let streams = Set(items.map(\.stream))
        for view in boxes.flatMap(\.views) where streams.contains(view.keys.stream) {
            copies[view.keys.stream] = try await view.replayed()
        }
        return copies
    }

    private func orderCheck(
        of items: [Item],
        _ copies: [StreamID: StreamID],
        view: GroupInspector,
        box: DeadLetterQueue,
        _ progress: (Int) -> Void
    ) async throws -> ReplayOrderCheck {
        let contacts = Set(items.compactMap(\.contact))
        guard let info = try await view.streamInfo() else { return ReplayOrderCheck(reach: .init()) }
        let group = try await view.groupInfo()
        var reach = ReplayOrderCheck.Reach(lastAdded: info.lastGeneratedID)
        let oldest = items.map { ReplayOrderCheck.place(of: $0.entry, copies) }.min() ?? .zero
        var found: [(id: StreamID, contact: String)] = []
        var walk = StreamScanner(view.client, view.keys.stream, .backwards, from: oldest)
        while !walk.isAtEnd, reach.looked < scan {
            let entries = try await walk.next(atMost: scan - reach.looked)
            for entry in entries {
                reach.oldest = min(reach.oldest, entry.id)
                let decoded = view.decoder.decode(entry.fields ?? [])
                guard let contact = decoded.contactKey, contacts.contains(contact), !isIgnored(decoded) else {
                    continue
                }
                found.append((entry.id, contact))
            }
            reach.looked += entries.count
            progress(reach.looked)
        }
        reach.isLimited = !walk.isAtEnd
        // Nothing is missing between the letter's entry and what was seen, when something older is still there.
        if walk.isAtEnd, let first = info.firstEntryID, first <= oldest { reach.oldest = min(reach.oldest, oldest) }
        let letters = found.isEmpty ? [] : try await entriesOfLetters(in: box, stream: view.keys.stream)
        var orderCheck = ReplayOrderCheck(letters: letters, copies: copies, reach: reach)
        let read = group?.lastDeliveredID ?? .zero
        let pending = group == nil ? [] : try await view.pending(of: found.map(\.id).filter { $0 <= read })
        for (id, contact) in found {
            orderCheck.found(id, contact: contact, isWaiting: id > read || pending.contains(id))
        }
        return orderCheck
    }

    private func entriesOfLetters(in box: DeadLetterQueue, stream: String) async throws -> Set<StreamID> {
        var filter = DeadLetterFilter()
        filter.streams = [stream]
        var search = box.search(filter, newestFirst: true, now: 0)
        var entries: Set<StreamID> = []
        while let letters = try await search.next() { entries.formUnion(letters.map(\.entry)) }
        return entries
    }

    private func isIgnored(_ decoded: DecodedEntry) -> Bool {
        guard let destination, decoded.faults.isEmpty else { return false }
        return decoded.events.allSatisfy { event in
            destination.results(for: event.json).allSatisfy { if case .notMatched = $0.outcome { true } else { false } }
        }
    }
}
