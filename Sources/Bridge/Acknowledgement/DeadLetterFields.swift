import Loops
import RedisStreams
import StreamGroups

/// What is written in front of an entry's own fields in the dead-letter stream. The order is fixed, so that a reader knows where the entry's
/// own fields begin: after `deadAt`.
struct DeadLetterFields: Sendable {
    /// The longest detail, in characters; several faults share it.
    static let maxDetail = 2000

    let end: EntryCompletion
    let faults: [DeliveryFailure]
    let stream: String
    /// Milliseconds since 1970.
    let now: Int64

    /// Name and value in turn, as the script takes them.
    var arguments: [RedisArgument] {
        let first = faults.first
        let detail = faults.map { fault in
            fault.mapping.map { "\($0): \(fault.detail)" } ?? fault.detail
        }
        let values = [
            first?.reason.rawValue ?? "",
            String(detail.joined(separator: " · ").prefix(Self.maxDetail)),
            first?.status.map(String.init) ?? "",
            first?.answer ?? "",
            String(end.attempts),
            faults.compactMap(\.mapping).joined(separator: ","),
            stream,
            end.id.description,
            end.contact,
            first?.requestID ?? "",
            first?.idempotencyKey ?? "",
            end.trace?.traceID ?? "",
            String(now),
        ]
        return zip(DeadLetter.fieldNames, values).flatMap { [.string($0), .string($1)] }
    }
}
