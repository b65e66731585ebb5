/// Why something waits while nothing comes to its end, where nothing else has a name for it. Whatever waits, the state says why.
struct Standing: Sendable, Equatable {
    /// One of this process, or one for each stream; empty when all moves.
    let reasons: [String]

    private static let limit = Standstill.worthAWord / .seconds(1)
    private static let since = "for more than \(Int(limit)) s"

    init(_ status: BridgeStatus) {
        let delivery = status.delivery
        if let still = delivery.stillSeconds, still >= Self.limit {
            reasons = [Self.reason(delivery, status.activity)]
        } else {
            reasons = status.streams.filter { ($0.stillSeconds ?? 0) >= Self.limit }.map(Self.reason)
        }
    }

    private static func reason(_ delivery: DeliverySnapshot, _ activity: ActivitySnapshot) -> String {
        if delivery.contacts > 0, delivery.contactsInBackoff == delivery.contacts {
            let last = activity.failures.first { $0.kind == .retry }
            // Not in Loops' words: whoever sees the port reads this.
            let why = last.map { ", the last one by \($0.reason), \(status($0.status))" } ?? ""
            return "all that waits here waits for another try, \(since)\(why)"
        }
        if delivery.settlingContacts > 0 {
            return
                "Loops may still apply requests that were given up: what comes after them waits, \(since) nothing came to its end"
        }
        if delivery.inFlight > 0 { return "requests wait for Loops' answer, \(since) nothing came to its end" }
        if delivery.parkedContacts > 0 {
            return "leases are not renewed in time, so nothing may be sent, \(since); is Redis slow, or this machine?"
        }
        if let limit = delivery.limit, limit <= 0.1 {
            return "Loops' limit is \(limit)/s: the next request has to wait"
        }
        return "events wait and nothing came to its end \(since); the log may say more"
    }

    private static func status(_ status: Int?) -> String { status.map { "status \($0)" } ?? "no answer" }

    private static func reason(_ stream: StreamStatus) -> String {
        if stream.unconfirmedAcks > 0 {
            return "\(stream.name): Redis confirms no acknowledgement \(since)"
        }
        if stream.buffered == 0, stream.owned == 0 {
            return
                "\(stream.name): events wait at other replicas and none of them finished any \(since); look at theirs"
        }
        return "\(stream.name): events wait and no replica finished any \(since); the log may say more"
    }
}
