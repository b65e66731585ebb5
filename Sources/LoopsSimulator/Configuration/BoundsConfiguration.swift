/// What the simulator keeps at most. Whatever is dropped is counted, and the judge refuses to pass a run that lost evidence.
package struct BoundsConfiguration: Sendable, Equatable {
    package var journalEntriesMaximum = 50_000
    package var journalBodyBytesMaximum = 16 * 1024
    package var effectsMaximum = 250_000
    package var violationsMaximum = 10_000
    package var contactsMaximum = 1_000_000
    /// Request body; more is answered 413.
    package var bodyBytesMaximum = 4 * 1024 * 1024
    package var connectionsMaximum = 4_096
    /// Requests of one connection that wait for the one before them.
    package var pipelinedRequestsMaximum = 16
    package var faultRulesMaximum = 256

    package init() {}
}
