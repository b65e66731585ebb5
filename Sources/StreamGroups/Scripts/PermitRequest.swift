/// What is asked of the limiter, and what it is told with that.
package struct PermitRequest: Sendable, Equatable {
    /// Permits that are wanted; 0 to tell it something only.
    package var count: Int
    /// The stream and partition of the entry whose turn it is: a replica that has lost the partition gets none.
    package var stream: Int?
    package var partition: Int?
    package var news = LimiterNews()
    /// How long ago this replica asked before; nil for the first time. By this the limiter finds that Redis' clock was set forward.
    package var sinceLast: Duration?

    package init(
        count: Int,
        stream: Int? = nil,
        partition: Int? = nil,
        news: LimiterNews = LimiterNews(),
        sinceLast: Duration? = nil
    ) {
        self.count = count
        self.stream = stream
        self.partition = partition
        self.news = news
        self.sinceLast = sinceLast
    }
}

/// What Loops' answers told since the last request for permits.
package struct LimiterNews: Sendable, Equatable {
    /// The limit that Loops told, in requests a second.
    package var limit: Int?
    /// A request was refused for its rate.
    package var refused = false
    /// How long Loops asks to wait.
    package var retryAfter: Duration?
    /// Loops is back after an outage.
    package var isBack = false
    /// The least that was left of Loops' window.
    package var left: Int?

    package init(
        limit: Int? = nil,
        refused: Bool = false,
        retryAfter: Duration? = nil,
        isBack: Bool = false,
        left: Int? = nil
    ) {
        self.limit = limit
        self.refused = refused
        self.retryAfter = retryAfter
        self.isBack = isBack
        self.left = left
    }

    package var isUrgent: Bool { refused || isBack }

    /// Takes news that could not be told before these.
    package mutating func merge(earlier: LimiterNews) {
        limit = limit ?? earlier.limit
        refused = refused || earlier.refused
        retryAfter = [retryAfter, earlier.retryAfter].compactMap(\.self).max()
        isBack = isBack || earlier.isBack
        left = [left, earlier.left].compactMap(\.self).min()
    }
}
