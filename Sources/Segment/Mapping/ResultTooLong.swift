/// A directive's result would be longer than any request may be.
///
/// A few characters of a mapping can multiply what an event brings (`$'` in a replacement, long names in `@flatten`), so
/// that an event within its limits could otherwise take all memory.
struct ResultTooLong: Error {
    /// In UTF-8 bytes or UTF-16 units, whichever the directive works in.
    static let limit = 4 * 1024 * 1024

    static func check(_ count: Int) throws(ResultTooLong) {
        if count > limit { throw ResultTooLong() }
    }

    func error(at place: String) -> MappingError {
        MappingError(path: place, reason: "the result has more than \(Self.limit) characters")
    }
}
