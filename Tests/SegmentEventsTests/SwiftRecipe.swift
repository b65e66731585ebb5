import Foundation
import SegmentEvents

/// Any client.
protocol RecipeClient: Sendable {
    func send(_ command: [String]) async throws
}

extension RecipeClient {
    /// The recipe of docs/how-to/publish-events.md, line by line.
    func publishByRecipe() async throws {
        let redis = self
        // recipe
        let publisher = EventPublisher { command in
            try await redis.send(command)
        }
        let event = try Event(
            .track("Order Paid", properties: ["total": 99.5]),
            of: .user("u1"),
            messageID: MessageID(of: "order", "4711", "paid"),
            timestamp: Date()
        )
        try await publisher.publish(event)
        // end
    }
}
