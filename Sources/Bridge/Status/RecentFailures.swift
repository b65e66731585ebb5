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
