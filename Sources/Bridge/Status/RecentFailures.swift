import Support

/// A failure as an operator sees it: what went wrong, and for whom as a hash.
package struct RecentFailure: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// The request is sent again.
        case retry
        /// The entry went to the dead-letter stream.
        case deadLetter
    }

    package var kind: Kind
    /// A retry's or a dead letter's reason; a closed set.
    package var reason: String
    package var stream: String
    /// The hash of the contact; nil when all contacts are concerned alike.
    package var contact: String?
    /// The HTTP status; nil when none came.
    package var status: Int?
    /// In words, addresses left out.
    package var detail: String
    /// How often it happened since it was first seen.
    package var count = 1
    /// Contacts for whom it happened, the latest included; 0 when all are concerned alike, and no more than a few dozen.
    package var contacts: Int { hashes.count }
    private var hashes: Set<String> = []
    private static let maxContacts = 64
    /// The last time, in seconds since 1970.
    package var at: Double

    /// The length at which details are cut, in characters.
    static let maxDetail = 200

    init(
        kind: Kind,
        reason: String,
        stream: String,
        contact: String?,
        status: Int?,
        detail: String,
        at: Double
    ) {
        self.kind = kind
        self.reason = reason
        self.stream = stream
        self.contact = contact.map(Redaction.hash)
        if let hash = self.contact { hashes.insert(hash) }
        self.status = status
        self.detail = String(Redaction.masking(detail, contact: contact).prefix(Self.maxDetail))
        self.at = at
    }

    /// Takes those for whom the same happened before.
    mutating func take(contactsOf other: RecentFailure) {
        for hash in other.hashes where hashes.count < Self.maxContacts { hashes.insert(hash) }
    }
}

/// The latest failures, the newest first. A repeated one, for whomever, is counted and not listed again: an outage must not push everything
/// else out.
struct RecentFailures: Sendable {
    static let limit = 20

    private(set) var list: [RecentFailure] = []

    mutating func add(_ failure: RecentFailure) {
        var failure = failure
        if let index = list.firstIndex(where: { $0.isSame(as: failure) }) {
            let before = list.remove(at: index)
            failure.count += before.count
            failure.take(contactsOf: before)
        }
        list.insert(failure, at: 0)
        if list.count > Self.limit { list.removeLast() }
    }
}

extension RecentFailure {
    fileprivate func isSame(as other: RecentFailure) -> Bool {
        // Of whom does not count: what fails for many alike is one line.
        (kind, reason, stream, status, detail) == (other.kind, other.reason, other.stream, other.status, other.detail)
    }
}
