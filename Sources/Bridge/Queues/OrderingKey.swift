import JSON

/// Names a contact queue: one contact of one stream.
///
/// Order holds within a stream; one contact's events on two streams have no order between them, so they have two contact queues.
struct OrderingKey: Hashable, Sendable {
    /// The stream's place in the configured list.
    var stream: Int
    /// The contact key by the rule of the configuration, or the entry's own ID when it has none.
    var contact: String

    /// By bytes, as partitions are: Swift's own equality would put two contacts of two partitions into one contact queue.
    static func == (left: OrderingKey, right: OrderingKey) -> Bool {
        left.stream == right.stream && left.contact.hasSameBytes(as: right.contact)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(stream)
        contact.hashBytes(into: &hasher)
    }
}
