import Hummingbird
import Ingest
import NIOCore

/// Reads the body of one request, within the limit of its own and within what all requests may have in memory.
struct BodyReader {
    let limit: Int
    let budget: ByteBudget
    /// How much of the budget is taken: whoever reads gives it back.
    private(set) var taken = 0

    /// So much of a body that is too large is read and thrown away: a client that still sends does not read the answer.
    static let discarded = 8 << 20

    init(limit: Int, budget: ByteBudget) {
        self.limit = limit
        self.budget = budget
    }

    /// - Throws: ``IngestRefusal``, else an error of the connection.
    mutating func read(_ request: Request) async throws -> [UInt8] {
        let expected = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let waits = request.headers[.expect] != nil
        // Whoever waits to be asked for the body, and is not, sends none.
        if expected > limit, waits { throw IngestRefusal.tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        var refusal: IngestRefusal? = expected > limit ? .tooLarge(limit: limit) : nil
        var discarded = 0
        for try await chunk in request.body {
            let size = chunk.readableBytes
            if refusal == nil, bytes.count + size > limit { refusal = .tooLarge(limit: limit) }
            if refusal == nil {
                if budget.take(size) { taken += size } else { refusal = .unavailable(seconds: 0) }
            }
            guard refusal != nil else {
                bytes.append(contentsOf: chunk.readableBytesView)
                continue
            }
            bytes = []
            discarded += size
            if discarded > Self.discarded { break }
        }
        if let refusal { throw refusal }
        return bytes
    }

    /// The bytes are not in memory any more.
    mutating func giveBack() {
        budget.give(taken)
        taken = 0
    }
}
