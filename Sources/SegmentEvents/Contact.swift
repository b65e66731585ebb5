/// Whom an event is about.
///
/// The bridge keeps the order of one contact's events, and goes by these IDs: name a contact the same way each time.
public enum Contact: Sendable, Hashable {
    /// Somebody with an account.
    case user(String, anonymousID: String? = nil)
    /// Somebody whose account is not known yet. A bridge with the usual mappings sends nothing for them.
    case anonymous(String)
}
