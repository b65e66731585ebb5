package import JSON

/// A request that an event stands for, before it becomes bytes.
package struct LoopsRequest: Sendable, Equatable {
    package var operation: LoopsAction
    /// `PUT` or `POST`.
    package var method: String
    /// Below the base address, without a leading slash, as `contacts/update`.
    package var path: String
    package var body: JSONObject

    /// The address below which Segment's destination sends its requests.
    package static let segmentBaseURL = "https://app.loops.so/api/v1"

    package init(operation: LoopsAction, body: JSONObject) {
        self.operation = operation
        self.method = operation.traits.method
        self.path = operation.traits.path
        self.body = body
    }
}
