@testable import Bridge

extension BridgeStatus {
    /// A healthy bridge with one stream, and a change of it.
    static func sample(_ change: (inout BridgeStatus) -> Void = { _ in }) -> BridgeStatus {
        let state = DeliveryState(isLimited: false, maxInFlight: 4, retry: RetryPolicy())
        var status = BridgeStatus(
            instance: "i",
            group: "g",
            redisConnected: true,
            isDrained: false,
            delivery: DeliverySnapshot(state, now: .now),
            streams: [StreamStatus(name: "a", partitions: 8)],
            ends: CompletionCounts(),
            activity: Activity(streams: ["a"]).snapshot
        )
        change(&status)
        return status
    }
}
