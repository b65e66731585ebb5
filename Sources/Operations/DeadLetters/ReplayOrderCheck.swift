import RedisStreams

/// Which events of the letters' contacts are newer than the letters' entries.
///
/// A replayed entry goes to the end of its stream, so every newer event of its contact that was or will be delivered comes before it. A value:
/// what a search of the stream found goes in, a verdict for each letter comes out.
struct ReplayOrderCheck: Sendable {
    enum Verdict: Sendable, Equatable {
        case free
        /// Newer events: those that the group has finished, and those that wait and will be delivered before the replayed one.
        case overtaken(delivered: Int, waiting: Int)
        /// The stream was trimmed past the letter's entry.
        case trimmed
        /// The search had to end before it came to the letter's entry.
        case tooFarBack(looked: Int)
    }

    /// How far the search came, from the end of the stream backwards.
    struct Reach: Sendable {
        /// The oldest ID down to which everything was looked at.
        var oldest = StreamID.max
        /// Entries that were looked at.
        var looked = 0
        /// Whether there was more that might have been looked at.
        var isLimited = false
        /// The ID that the stream gave out last; nil when there is no stream any more.
        var lastAdded: StreamID?
    }

    private struct Newer: Sendable {
        /// The place in the order of events: a replayed copy stands where the first of its originals stood.
        let place: StreamID
        let isWaiting: Bool
    }

    /// Entries that are dead letters, or whose copies were replayed: they have not taken effect themselves.
    private let without: Set<StreamID>
    private let copies: [StreamID: StreamID]
    private let reach: Reach
    private var newer: [String: [Newer]] = [:]

    /// - Parameters:
    ///   - letters: the entries of all dead letters of the stream, also of those that are not replayed.
    ///   - copies: entries that replays added, each with the entry that it is a copy of, which may be a copy itself.
    init(letters: Set<StreamID> = [], copies: [StreamID: StreamID] = [:], reach: Reach) {
        self.without = letters.union(copies.values)
        self.copies = copies
        self.reach = reach
    }

    /// An entry of the stream.
    /// - Parameter isWaiting: whether it is not finished yet.
    mutating func found(_ id: StreamID, contact: String, isWaiting: Bool) {
        if without.contains(id) { return }
        newer[contact, default: []].append(Newer(place: Self.place(of: id, copies), isWaiting: isWaiting))
    }

    /// Where an entry stands in the order of events: where the entry stood that is no copy of any other.
    static func place(of entry: StreamID, _ copies: [StreamID: StreamID]) -> StreamID {
        var place = entry
        // A copy comes after its original; whatever says otherwise is no copy, and must not make this go round.
        while let original = copies[place], original < place { place = original }
        return place
    }

    /// What holds for a letter.
    func verdict(_ entry: StreamID, contact: String?) -> Verdict {
        // Without a contact there is no order to keep.
        guard let contact else { return .free }
        let place = Self.place(of: entry, copies)
        var delivered = 0, waiting = 0
        for item in newer[contact] ?? [] where item.place > place {
            if item.isWaiting { waiting += 1 } else { delivered += 1 }
        }
        if delivered + waiting > 0 { return .overtaken(delivered: delivered, waiting: waiting) }
        if let lastAdded = reach.lastAdded, lastAdded <= place { return .free }
        if reach.oldest <= place { return .free }
        return reach.isLimited ? .tooFarBack(looked: reach.looked) : .trimmed
    }
}

extension ReplayOrderCheck.Verdict {
    /// Why the letter is left alone; nil when nothing speaks against its replay.
    var obstacle: String? {
        switch self {
        case .free: nil
        case .overtaken(let delivered, 0):
            "newer events of this contact were delivered meanwhile (\(delivered)): replaying would put the older one last"
        case .overtaken(0, let waiting):
            "newer events of this contact wait in the stream (\(waiting)): replaying would put the older one last"
        case .overtaken(let delivered, let waiting):
            """
            newer events of this contact were delivered meanwhile (\(delivered)) or wait in the stream (\(waiting)): replaying would put \
            the older one last
            """
        case .trimmed:
            """
            whether newer events of this contact were delivered meanwhile is unknown: the stream was trimmed or deleted past the letter's \
            entry
            """
        case .tooFarBack(let looked):
            """
            whether newer events of this contact were delivered meanwhile is unknown: the letter's entry is further back than the last \
            \(looked) entries, which were looked at
            """
        }
    }
}
