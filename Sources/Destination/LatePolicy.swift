/// What becomes of an event that waited longer than its mapping allows.
package enum LatePolicy: String, Sendable, CaseIterable {
    /// Its request is left out, and counted.
    case expire
    /// It goes to the dead-letter stream.
    case deadLetter
    /// It is sent all the same.
    case send
}
