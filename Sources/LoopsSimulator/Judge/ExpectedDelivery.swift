/// A request that the test's events should have led to.
public struct ExpectedDelivery: Sendable, Hashable {
    /// The userId, else the email, that the request carries.
    public var contact: String
    /// Rises within a contact, in the order of the entries.
    public var sequenceNumber: Int64
    public var operation: Endpoint
    /// Unique per event; nil where the sequence number alone identifies it.
    public var marker: String?
    /// Needed only where one entry leads to several events.
    public var eventName: String?

    public init(
        contact: String,
        sequenceNumber: Int64,
        operation: Endpoint,
        marker: String? = nil,
        eventName: String? = nil
    ) {
        self.contact = contact
        self.sequenceNumber = sequenceNumber
        self.operation = operation
        self.marker = marker
        self.eventName = eventName
    }
}
