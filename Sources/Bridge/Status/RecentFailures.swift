/// The latest failures, the newest first. A repeated one is counted and not listed again: an outage must not push everything else out.
struct RecentFailures: Sendable {
    static let limit = 20

    private(set) var list: [RecentFailure] = []

    mutating func add(_ failure: RecentFailure) {
        var failure = failure
        if let index = list.firstIndex(where: { $0.isSame(as: failure) }) {
            failure.count += list.remove(at: index).count
        }
        list.insert(failure, at: 0)
        if list.count > Self.limit { list.removeLast() }
    }
}

extension RecentFailure {
    fileprivate func isSame(as other: RecentFailure) -> Bool {
        (kind, reason, stream, contact, status) == (other.kind, other.reason, other.stream, other.contact, other.status)
    }
}
