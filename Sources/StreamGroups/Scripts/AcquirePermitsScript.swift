package import RedisStreams

/// Asks the limiter of all replicas that use an API key for permits, and tells it what Loops' answers said. No ``GroupScript``: the limiter belongs
/// to the API key.
package struct AcquirePermitsScript: Sendable {
    package static let source = ScriptSource(
        "acquire_permits",
        ["token_bucket": PackageResources.token_bucket_lua, "acquire_permits": PackageResources.acquire_permits_lua]
    )

    /// The most permits that one answer may give.
    package static let mostPermits = 64

    /// The limiter's key.
    package let key: String
    package let request: PermitRequest
    /// The most requests a second by the configuration; nil for what Loops says.
    package let cap: Double?
    /// The stream's leases, the partition, and the lease that its owner has; nil when no lease is looked at.
    package let fence: (leases: String, partition: Int, lease: String?)?

    package init(
        key: String,
        request: PermitRequest,
        cap: Double?,
        fence: (leases: String, partition: Int, lease: String?)?
    ) {
        self.key = key
        self.request = request
        self.cap = cap
        self.fence = fence
    }

    package var keys: [String] { fence.map { [key, $0.leases] } ?? [key] }

    package var arguments: [RedisArgument] {
        let fence = fence.map { [String($0.partition), $0.lease ?? "none"] } ?? []
        return (Self.arguments(request, cap: cap) + fence).map { .string($0) }
    }

    /// What the script is told, but for the fence.
    package static func arguments(_ request: PermitRequest, cap: Double?) -> [String] {
        let news = request.news
        return [
            String(request.count), String(cap ?? 0), news.limit.map(String.init) ?? "", news.refused ? "1" : "0",
            news.isBack ? "1" : "0", news.left.map(String.init) ?? "", microseconds(news.retryAfter),
            microseconds(request.sinceLast),
        ]
    }

    private static func microseconds(_ duration: Duration?) -> String {
        duration.map { String(Int64($0 / .microseconds(1))) } ?? ""
    }

    package func decode(_ reply: RedisValue) throws(RedisError) -> PermitGrant { try PermitGrant(reply) }
}
