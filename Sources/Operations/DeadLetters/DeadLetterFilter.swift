import JSON
package import RedisStreams
package import StreamGroups

/// Which dead letters are meant. What is empty or nil does not narrow the choice; a letter has to pass everything else.
package struct DeadLetterFilter: Sendable, Equatable {
    package var ids: Set<StreamID> = []
    package var streams: Set<String> = []
    package var reasons: Set<String> = []
    /// Names of mappings; one of the letter's is enough.
    package var mappings: Set<String> = []
    /// The contact key, compared byte by byte.
    package var contact: String?
    package var olderThan: Duration?
    package var newerThan: Duration?
    /// The newest letter that is meant.
    package var notAfter: StreamID?

    package init() {}

    /// - Parameter now: milliseconds since 1970.
    package func matches(_ letter: DeadLetter, now: Int64) -> Bool {
        if !ids.isEmpty && !ids.contains(letter.id) { return false }
        if let notAfter, letter.id > notAfter { return false }
        if !streams.isEmpty && !streams.contains(letter.stream) { return false }
        if !reasons.isEmpty && !reasons.contains(letter.reason) { return false }
        if !mappings.isEmpty && !mappings.contains(letter.mapping)
            && !letter.mapping.split(separator: ",").contains(where: { mappings.contains(String($0)) })
        {
            return false
        }
        if let contact, !(letter.contact.map { $0.hasSameBytes(as: contact) } ?? false) { return false }
        // A letter of a clock that is ahead of ours is new.
        let age = Duration.milliseconds(max(0, letter.age(now: now)))
        if let olderThan, age <= olderThan { return false }
        if let newerThan, age >= newerThan { return false }
        return true
    }
}
