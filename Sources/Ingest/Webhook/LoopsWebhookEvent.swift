import JSON
import Segment

/// A webhook of Loops as an event of Segment's form. Names are those of Segment's specification for e-mail where it has one.
enum LoopsWebhookEvent {
    static let library = "loops-webhook"

    private static let names = [
        "contact.created": "Contact Created",
        "contact.deleted": "Contact Deleted",
        "contact.unsubscribed": "Unsubscribed",
        "contact.mailingList.subscribed": "Mailing List Subscribed",
        "contact.mailingList.unsubscribed": "Mailing List Unsubscribed",
        "campaign.email.sent": "Campaign Email Sent",
        "loop.email.sent": "Loop Email Sent",
        "transactional.email.sent": "Transactional Email Sent",
        "email.delivered": "Email Delivered",
        "email.softBounced": "Email Bounced",
        "email.hardBounced": "Email Bounced",
        "email.opened": "Email Opened",
        "email.clicked": "Email Link Clicked",
        "email.unsubscribed": "Unsubscribed",
        "email.resubscribed": "Resubscribed",
        "email.spamReported": "Email Marked as Spam",
        "testing.testEvent": "Webhook Tested",
    ]

    private static let bounces: [String: JSONValue] = ["email.softBounced": "soft", "email.hardBounced": "hard"]

    /// Nil for an object that names no event.
    ///
    /// Whoever reads the stream finds all that Loops said under `properties`, also of events that are not known here; `loopsEvent` is Loops' own
    /// name. No bridge sends it back to Loops: its `integrations` say so.
    static func event(of payload: JSONObject, id: String, receivedAt: Int64) -> NormalizedEvent? {
        guard let loopsEvent = payload["eventName"]?.stringValue, !loopsEvent.isEmpty else { return nil }
        var properties = JSONObject()
        properties["loopsEvent"] = .string(loopsEvent)
        for (name, value) in payload where !["eventName", "eventTime", "contactIdentity"].contains(name) {
            properties[name] = value
        }
        if let bounce = bounces[loopsEvent] { properties["bounceType"] = bounce }

        let contact = payload["contactIdentity"]
        var event = JSONObject()
        event["type"] = "track"
        event["event"] = .string(names[loopsEvent] ?? "Loops \(loopsEvent)")
        event["messageId"] = .string(id)
        let userId = text(contact?["userId"])
        if let userId {
            event["userId"] = .string(userId)
        } else if let contactId = text(contact?["id"]) {
            // Segment's events have one of the two.
            event["anonymousId"] = .string(contactId)
        }
        event["properties"] = .object(properties)
        var context = JSONObject([("library", ["name": .string(library)] as JSONValue)])
        var traits = JSONObject()
        if let email = text(contact?["email"]) { traits["email"] = .string(email) }
        if let contactId = text(contact?["id"]) { traits["loopsContactId"] = .string(contactId) }
        if !traits.isEmpty { context["traits"] = .object(traits) }
        event["context"] = .object(context)
        event["integrations"] = ["Loops (Actions)": false, "Loops": false]
        let received = EventTimestamp.text(milliseconds: receivedAt)
        event["receivedAt"] = received.map { .string($0) }
        let happened = payload["eventTime"].flatMap(EventTimestamp.milliseconds).flatMap(EventTimestamp.text)
        event["timestamp"] = (happened ?? received).map { .string($0) }

        return NormalizedEvent(
            messageId: id,
            contactKey: ContactKeyRule().key(of: .object(event)),
            payload: JSONValue.object(event).serialized(),
            type: "track",
            name: event["event"]?.stringValue
        )
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, !text.isEmpty else { return nil }
        return text
    }
}
