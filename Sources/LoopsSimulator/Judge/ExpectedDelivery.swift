/// A request that the test's events should have led to.
package struct ExpectedDelivery: Sendable, Hashable {
    /// The userId, else the email, that the request carries.
    package var contact: String
    /// Rises within a contact, in the order of the entries.
    package var sequenceNumber: Int64
    package var operation: Endpoint
    /// Unique per event; nil where the sequence number alone identifies it.
    package var marker: String?
    /// Needed only where one entry leads to several events.
    package var eventName: String?

    package init(
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
