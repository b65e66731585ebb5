/// Which waiting identifies of one contact become one update.
package enum Coalescing: String, Sendable, CaseIterable {
    /// Each is a request of its own.
    case off
    /// Only those that say nothing different of any property: whatever waits for a change of a property sees every one of them.
    case lossless
    /// Also those that say something else of a property; what is said last is what is sent.
    case latest
}

/// What became of an entry that had no request of its own. A closed set: it is a metric label.
enum CoalescedKind: String, Sendable, CaseIterable {
    /// It said the same as the entry in front of it.
    case identical
    /// It said more, and the request says both.
    case merged
    /// It said something else of a property, and the request says only that.
    case replaced
}
