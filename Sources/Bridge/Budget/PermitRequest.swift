/// What is asked of the limiter, and what it is told with that.
struct PermitRequest: Sendable, Equatable {
    /// Permits that are wanted; 0 to tell it something only.
    var count: Int
    /// The stream and partition of the entry whose turn it is: a replica that has lost the partition gets none.
    var stream: Int?
    var partition: Int?
    var news = LimiterNews()
}

/// What Loops' answers told since the last request for permits.
struct LimiterNews: Sendable, Equatable {
    /// Another limit than the one in use, in requests a second.
    var limit: Int?
    /// A request was refused for its rate.
    var refused = false
    /// Loops is back after an outage.
    var isBack = false
    /// What other clients with the same key use, in requests a second.
    var others: Double?

    var isUrgent: Bool { refused || isBack }
    var isEmpty: Bool { self == LimiterNews() }
}
