package import RedisStreams
package import StreamGroups

/// One page of dead letters over several boxes, the newest first. A value: what each box gave goes in, the page comes out.
package struct DeadLetterPage: Sendable, Equatable {
    /// What one box gave.
    struct Part: Sendable {
        /// The newest first.
        var letters: [DeadLetter] = []
        /// Every letter of the box down to this one was looked at; zero for all.
        var reach = StreamID.zero
        var looked = 0
    }

    package let letters: [DeadLetter]
    /// How many letters were looked at for it.
    package let looked: Int
    /// The oldest letter down to which all were looked at: the next page begins below it. nil when there is no further page.
    package let next: StreamID?

    /// - Parameter limit: the letters of a page.
    init(_ parts: [Part], limit: Int) {
        // Below that, one of the boxes may have letters that nobody has looked at.
        let floor = parts.map(\.reach).max() ?? .zero
        let all = parts.flatMap(\.letters).filter { $0.id >= floor }.sorted { $0.id > $1.id }
        let last = all.prefix(limit).last?.id
        // Two boxes may have used the same ID: the next page begins below all of them.
        letters = all.filter { letter in last.map { letter.id >= $0 } ?? false }
        looked = parts.reduce(0) { $0 + $1.looked }
        next = letters.count < all.count ? last : floor == .zero ? nil : floor
    }
}
