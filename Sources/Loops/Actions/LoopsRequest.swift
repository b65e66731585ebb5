public import JSON

/// A request that an event stands for, before it becomes bytes.
public struct LoopsRequest: Sendable, Equatable {
    public var operation: LoopsAction
    /// `PUT` or `POST`.
    public var method: String
    /// Below the base address, without a leading slash, as `contacts/update`.
    public var path: String
    public var body: JSONObject

    /// The address below which Segment's destination sends its requests.
    public static let segmentBaseURL = "https://app.loops.so/api/v1"

    public init(operation: LoopsAction, body: JSONObject) {
        self.operation = operation
        self.method = operation.traits.method
        self.path = operation.traits.path
        self.body = body
    }
}
