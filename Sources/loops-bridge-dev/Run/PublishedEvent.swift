import JSON

/// A sample event that was published, and what the presets are to make of it; read from the event alone.
struct PublishedEvent: Sendable {
    struct Delivery: Sendable {
        let user: String
        let sequence: Int64
        /// The event's `messageId`.
        let name: String
    }

    /// nil when nothing of it can be delivered: it is malformed, ignored, or has an address that is none.
    let delivery: Delivery?

    init(_ bytes: [UInt8]) {
        let event = try? JSONParser.parse(bytes)
        let fields = event?["type"]?.stringValue == "identify" ? event?["traits"] : event?["properties"]
        guard let user = event?["userId"]?.stringValue, let name = event?["messageId"]?.stringValue,
            let sequence = fields?["seq"]?.integerValue, fields?["email"]?.stringValue?.contains("@") == true
        else {
            delivery = nil
            return
        }
        delivery = Delivery(user: user, sequence: sequence, name: name)
    }
}
