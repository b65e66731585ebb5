import JSON

/// What keeps an entry from being delivered, as the replica that owns its partition tells others. Facts for people; nothing is decided by them.
package struct DeliveryError: Sendable, Equatable {
    /// Requests for the entry so far.
    package var attempts: Int
    /// The status of Loops' last answer; nil when there was none.
    package var status: Int?
    /// Loops' message, or why there was none; cut. May hold what the event held.
    package var message: String
    /// What the answer called itself.
    package var requestID: String?
    /// When that was, in milliseconds since 1970.
    package var lastAt: Int64
    /// When it is tried again; nil when that depends on Loops taking requests again.
    package var nextAt: Int64?
    /// The replica that says so.
    package var member: String

    /// The longest message, in characters.
    package static let maxMessage = 200

    package init(
        attempts: Int,
        status: Int?,
        message: String,
        lastAt: Int64,
        nextAt: Int64?,
        member: String,
        requestID: String? = nil
    ) {
        self.attempts = attempts
        self.status = status
        self.message = String(message.prefix(Self.maxMessage))
        self.lastAt = lastAt
        self.nextAt = nextAt
        self.member = member
        self.requestID = requestID
    }

    /// - Returns: nil when the text was not written by ``text``.
    package init?(_ text: String) {
        guard let value = try? JSONParser.parse(text), let attempts = value["attempts"]?.doubleValue,
            let lastAt = value["lastAt"]?.doubleValue, let member = value["member"]?.stringValue
        else { return nil }
        self.init(
            attempts: Int(clamping: Int64(saturating: attempts)),
            status: value["status"]?.doubleValue.map { Int(clamping: Int64(saturating: $0)) },
            message: value["message"]?.stringValue ?? "",
            lastAt: Int64(saturating: lastAt),
            nextAt: value["nextAt"]?.doubleValue.map { Int64(saturating: $0) },
            member: member,
            requestID: value["requestId"]?.stringValue
        )
    }

    package var text: String {
        let object: JSONValue = [
            "attempts": .int(Int64(attempts)),
            "status": status.map { .int(Int64($0)) } ?? .null,
            "message": .string(message),
            "lastAt": .int(lastAt),
            "nextAt": nextAt.map { .int($0) } ?? .null,
            "member": .string(member),
            "requestId": requestID.map { .string($0) } ?? .null,
        ]
        return object.jsonText
    }
}
