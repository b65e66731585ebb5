package import RedisStreams

/// What a person wants done to dead letters.
package struct DeadLetterOrder: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        case replay, drop
    }

    package var action: Action
    package var filter: DeadLetterFilter
    /// Says what would be done, and changes nothing.
    package var isDryRun: Bool
    /// Replays letters also where newer events of the contact went ahead, or may have.
    package var replaysOvertaken: Bool

    package init(
        _ action: Action,
        _ filter: DeadLetterFilter,
        isDryRun: Bool = false,
        replaysOvertaken: Bool = false
    ) {
        self.action = action
        self.filter = filter
        self.isDryRun = isDryRun
        self.replaysOvertaken = replaysOvertaken
    }
}

/// How far a ``DeadLetterOrder`` is.
package enum DeadLetterProgress: Sendable, Equatable {
    /// Dead letters were looked at.
    case looked(Int)
    /// Entries of a stream were looked at for newer events of the letters' contacts.
    case checked(Int)
    /// So many of all were replayed, dropped or left.
    case done(Int, of: Int)
}

/// What came of a ``DeadLetterOrder``.
package struct DeadLetterReport: Sendable, Equatable {
    /// A letter that was left alone.
    package struct Left: Sendable, Equatable {
        package let id: StreamID
        package let stream: String
        package let obstacle: String
        /// Whether only the order of its contact's events speaks against it.
        package let isOvertaken: Bool
    }

    /// A letter that became an entry again.
    package struct Copy: Sendable, Equatable {
        package let id: StreamID
        package let stream: String
        package let entry: StreamID
    }

    /// Letters and copies that are named.
    package static let maxNamed = 100

    /// The letters that were meant.
    package var found = 0
    /// Those that were replayed or dropped; in a dry run, those that would be.
    package var done = 0
    /// Those that somebody else has replayed, dropped or evicted meanwhile.
    package var gone = 0
    package private(set) var leftCount = 0
    /// The first of those that were left alone.
    package private(set) var left: [Left] = []
    /// The first of those that became entries again.
    package private(set) var copies: [Copy] = []
    /// The newest letter that was meant: by it, what a dry run has seen is told from what came since.
    package var newest: StreamID?
    /// Whether there are more letters than one order takes.
    package var hasMore = false
    /// Why it ended early; nil when it did not. What is done stays done, and running it again does the rest.
    package var failure: String?

    package init() {}

    mutating func found(_ id: StreamID) {
        found += 1
        newest = max(newest ?? id, id)
    }

    mutating func left(_ letter: Left) {
        leftCount += 1
        if left.count < Self.maxNamed { left.append(letter) }
    }

    mutating func replayed(_ copy: Copy) {
        done += 1
        if copies.count < Self.maxNamed { copies.append(copy) }
    }
}
