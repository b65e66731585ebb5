/// Lets requests on slowly after an outage: one at a time at first, and one more with every answer.
///
/// A value. A service that has just come back is met by every client's backlog at once; this one does not add to that.
struct SlowStart: Sendable {
    /// Requests that may be under way; nil when it is over.
    private(set) var cap: Int?

    mutating func begin() { cap = 1 }

    /// A request was taken.
    /// - Parameter most: what may be under way in quiet times.
    mutating func succeeded(most: Int) {
        guard let cap else { return }
        self.cap = cap + 1 >= most ? nil : cap + 1
    }
}
