/// What is asked of the limiter, and what it is told with that.
struct PermitRequest: Sendable, Equatable {
    /// Permits that are wanted; 0 to tell it something only.
    var count: Int
    /// The stream and partition of the entry whose turn it is: a replica that has lost the partition gets none.
    var stream: Int?
    var partition: Int?
    var news = LimiterNews()
    /// How long ago this replica asked before; nil for the first time. By this the limiter finds that Redis' clock was set forward.
    var sinceLast: Duration?
}

/// What Loops' answers told since the last request for permits.
struct LimiterNews: Sendable, Equatable {
    /// The limit that Loops told, in requests a second.
    var limit: Int?
    /// A request was refused for its rate.
    var refused = false
    /// How long Loops asks to wait.
    var retryAfter: Duration?
    /// Loops is back after an outage.
    var isBack = false
    /// The least that was left of Loops' window.
    var left: Int?

    var isUrgent: Bool { refused || isBack }

    /// Takes news that could not be told before these.
    mutating func merge(earlier: LimiterNews) {
        limit = limit ?? earlier.limit
        refused = refused || earlier.refused
        retryAfter = [retryAfter, earlier.retryAfter].compactMap(\.self).max()
        isBack = isBack || earlier.isBack
        left = [left, earlier.left].compactMap(\.self).min()
    }
}
