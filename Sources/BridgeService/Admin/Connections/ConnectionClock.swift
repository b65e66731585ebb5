package import NIOCore

/// How long one connection may take for what comes next.
///
/// A value: what happens on the connection goes in, with its time; when the connection is given up comes out.
package struct ConnectionClock: Sendable {
    package struct Limits: Sendable {
        /// From the opening to the end of the first request's head, and from any head to its request's end.
        package var request: TimeAmount
        /// From an answer to the next request's head. Longer than what scrapers and proxies leave between two requests.
        package var idle: TimeAmount
        /// How long a peer may take nothing of what waits for it.
        package var stall: TimeAmount
        /// The most of a request's body. Nothing here reads one.
        package var bodyBytes: Int

        package init(
            request: TimeAmount = .seconds(10),
            idle: TimeAmount = .seconds(75),
            stall: TimeAmount = .seconds(30),
            bodyBytes: Int = 64 * 1024
        ) {
            self.request = request
            self.idle = idle
            self.stall = stall
            self.bodyBytes = bodyBytes
        }
    }

    /// Why a connection is given up. A closed set: the values of a metric's label.
    package enum Cause: String, Sendable, CaseIterable {
        /// Another one needed its place.
        case limit
        /// Its request did not come to an end.
        case request
        /// Nothing was asked for a long time.
        case idle
        /// It did not take its answer.
        case stall
        /// Its request's body is longer than any of ours.
        case body
        /// Another listener needed its seat.
        case seat
    }

    private let limits: Limits
    private let opened: NIODeadline
    private var readingSince: NIODeadline?
    private var stalledSince: NIODeadline?
    private var answeredAt: NIODeadline?
    private var unanswered = 0
    private var bodyBytes = 0

    package init(limits: Limits = Limits(), now: NIODeadline) {
        self.limits = limits
        self.opened = now
    }

    /// Whether a request waits for its answer, or for the rest of it.
    package var isBusy: Bool { unanswered > 0 }

    package mutating func readHead(now: NIODeadline) {
        unanswered += 1
        readingSince = now
        bodyBytes = 0
    }

    /// - Returns: false when the body is too long.
    package mutating func readBody(_ bytes: Int) -> Bool {
        bodyBytes += bytes
        return bodyBytes <= limits.bodyBytes
    }

    package mutating func readEnd() { readingSince = nil }

    /// An answer was written to its end. One may come without a request: what cannot be read is answered too.
    package mutating func answered(now: NIODeadline) {
        unanswered = max(0, unanswered - 1)
        answeredAt = now
    }

    /// The peer takes what is written, or does not.
    package mutating func setWritable(_ isWritable: Bool, now: NIODeadline) {
        stalledSince = isWritable ? nil : stalledSince ?? now
    }

    /// When the connection is given up unless something happens before, and why; nil while it only waits for us.
    package var end: (at: NIODeadline, cause: Cause)? {
        let reading = readingSince.map { ($0 + limits.request, Cause.request) }
        let stall = stalledSince.map { ($0 + limits.stall, Cause.stall) }
        let wait: (NIODeadline, Cause)? =
            if isBusy { nil } else if let answeredAt { (answeredAt + limits.idle, .idle) } else {
                (opened + limits.request, .request)
            }
        return [reading, stall, wait].compactMap(\.self).min { $0.0 < $1.0 }.map { (at: $0.0, cause: $0.1) }
    }
}
