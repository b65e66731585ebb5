/// What a write key may do. Only its name is ever shown.
package struct IngestKey: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// In a service's settings, unknown to the public.
        case server
        /// In a web page or an app: whoever looks has it.
        case browser
    }

    package let name: String
    /// Where its events go.
    package let stream: String
    package let kind: Kind
    /// Accepted types; nil for all.
    package var types: Set<String>?
    /// Accepted names of `track` events; nil for all.
    package var events: Set<String>?
    /// Of web pages, as `https://www.example.com`. Without one, no web page may send; an app needs none.
    package var origins: Set<String>
    /// Events per second; nil for no limit.
    package var rate: RateLimit?
    /// Events per second of one address; nil for no limit.
    package var ratePerAddress: RateLimit?
    /// Whether its events may name a contact by an e-mail address. Whoever has a public key could make Loops mail any address.
    package var allowsEmail: Bool
    /// What of its events is dropped, beside what `ingest.drop` names; nil for what its kind has.
    package var drop: Set<IngestFilter.Word>?

    package init(
        name: String,
        stream: String,
        kind: Kind = .server,
        types: Set<String>? = nil,
        events: Set<String>? = nil,
        origins: Set<String> = [],
        rate: RateLimit? = nil,
        ratePerAddress: RateLimit? = nil,
        allowsEmail: Bool? = nil,
        drop: Set<IngestFilter.Word>? = nil
    ) {
        self.name = name
        self.stream = stream
        self.kind = kind
        self.types = types
        self.events = events
        self.origins = origins
        self.rate = rate
        self.ratePerAddress = ratePerAddress
        self.allowsEmail = allowsEmail ?? (kind == .server)
        self.drop = drop
    }

    /// Everything of an event that the key decides.
    package func dropWords(_ general: Set<IngestFilter.Word>) -> Set<IngestFilter.Word> {
        general.union(drop ?? (kind == .browser ? IngestFilter.browserDefault : []))
    }
}
