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

/// What became of the expected deliveries.
package struct DeliveryAccount: Sendable, Equatable {
    /// Examples kept of each kind.
    static let examplesMaximum = 20

    package internal(set) var expected = 0
    /// Expected ones that had an effect.
    package internal(set) var delivered = 0
    /// Updates without an effect of their own that a later update of the same contact took along, with only updates between.
    package internal(set) var merged = 0
    /// Expected ones of which there is no trace.
    package internal(set) var missing = 0
    /// Those of the missing whose idempotency key was used up without an effect. They are lost all the same.
    package internal(set) var missingByBurntKey = 0
    /// Events and mails that were applied more than once.
    package internal(set) var duplicated = 0
    /// Updates and deletions that were applied again; at-least-once delivery cannot rule these out.
    package internal(set) var repeated = 0
    /// Deliveries that were applied for the first time after a newer one of their contact.
    package internal(set) var outOfOrder = 0
    /// Contacts whose last effect is older than the newest one they have seen: a repeat that was not followed by what it undid.
    package internal(set) var unsettled = 0
    /// Effects on another contact than the one that was meant.
    package internal(set) var misdirected = 0
    /// Effects that belong to no expected delivery.
    package internal(set) var unexpected = 0
    /// Whether evidence was dropped for want of room, so that nothing is proved.
    package internal(set) var isEvidenceIncomplete = false
    /// A few of each kind, in words.
    package internal(set) var examples: [String] = []

    package init() {}

    /// Nothing lost, nothing applied twice, nothing out of order, and the evidence is whole.
    package var isPassed: Bool { missing == 0 && isPassedButForBurntKeys }

    /// The same, where events whose keys were used up by failed requests may be missing.
    package var isPassedButForBurntKeys: Bool {
        expected > 0 && missing == missingByBurntKey && duplicated == 0 && outOfOrder == 0 && unsettled == 0
            && misdirected == 0 && unexpected == 0 && !isEvidenceIncomplete
    }

    mutating func note(_ kind: String, _ subject: String) {
        let prefix = "\(kind): "
        guard examples.count(where: { $0.hasPrefix(prefix) }) < DeliveryAccount.examplesMaximum else { return }
        examples.append(prefix + subject)
    }
}

/// What a check found.
package struct Verdict: Sendable, Equatable {
    static let findingsMaximum = 100

    package let check: String
    /// How many things were looked at; a check of nothing proves nothing.
    package var examined = 0
    package private(set) var violations = 0
    /// The first hundred, in words.
    package private(set) var findings: [String] = []

    package init(check: String) {
        self.check = check
    }

    /// Nothing wrong was found, and there was something to look at.
    package var isPassed: Bool { violations == 0 && examined > 0 }

    mutating func fail(_ finding: @autoclosure () -> String) {
        violations += 1
        if findings.count < Verdict.findingsMaximum { findings.append(finding()) }
    }
}
