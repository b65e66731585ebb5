/// What the simulator keeps at most. Whatever is dropped is counted, and the judge refuses to pass a run that lost evidence.
public struct BoundsConfiguration: Sendable, Equatable {
    public var journalEntriesMaximum = 50_000
    public var journalBodyBytesMaximum = 16 * 1024
    public var effectsMaximum = 250_000
    public var violationsMaximum = 10_000
    public var contactsMaximum = 1_000_000
    /// Request body; more is answered 413.
    public var bodyBytesMaximum = 4 * 1024 * 1024
    public var connectionsMaximum = 4_096
    /// Requests of one connection that wait for the one before them.
    public var pipelinedRequestsMaximum = 16
    public var faultRulesMaximum = 256

    public init() {}
}
