import Bridge
import BridgeService
import JSON
import NIOSupport
import Operations
import RedisStreams
import StreamGroups

/// What became of entries that are finished: asks the journals, and else today's mappings.
struct PastEntries {
    enum Fate: Sendable {
        /// By a replica's journal.
        case told(JSONValue)
        /// By its receipt in the stream of receipts.
        case receipt(Receipt)
        /// By the mappings of today, which are named.
        case wouldBe(EntryPreview.Fate, mappings: String)
        case unknown(String)
    }

    let replicas: [JournalOptions.Replica]
    /// The receipts that are looked at for one entry, at the most.
    private let scan: Int
    private let mappings: String
    private let preview: Result<EntryPreview, CommandInput.Fault>
    private var problems: [String] = []
    /// Those that have answered nothing are not asked again.
    private var silent: Set<String> = []

    /// - Parameter mappingsPath: nil for the two presets.
    init(replicas: [JournalOptions.Replica], configuration: BridgeConfiguration, _ mappingsPath: String?, scan: Int) {
        self.replicas = replicas
        self.scan = scan
        mappings = mappingsPath.map { "the mappings of \($0)" } ?? "the two presets (bridge.mappings is not set)"
        preview = CommandInput.load(path: mappingsPath).map { EntryPreview(configuration, destination: $0) }
    }

    /// Why journals were not asked, once each.
    mutating func takeProblems() -> [String] {
        defer { problems = [] }
        return problems
    }

    /// - Throws: `RedisError`
    mutating func fate(of hit: EventLocation, in view: GroupInspector) async throws -> Fate {
        for replica in replicas where !silent.contains(replica.base) {
            do {
                if let entry = try await replica.client.journalEntry(hit.id, stream: hit.stream) {
                    return .told(entry)
                }
            } catch {
                silent.insert(replica.base)
                problems.append("The journal at \(replica.base) was not asked: \(NetworkErrorText.of(error))")
            }
        }
        if let receipt = try await view.receipt(of: hit.id, scan: scan) { return .receipt(receipt) }
        switch preview {
        case .failure(let fault): return .unknown("today's mappings cannot be used: \(fault)")
        case .success(let preview):
            guard let fields = try await view.fields(of: hit.id) else { return .unknown("it is gone from the stream") }
            return .wouldBe(preview.fate(of: fields), mappings: mappings)
        }
    }
}

extension AdminClient {
    /// What a replica's journal says of an entry; nil when it does not have it.
    func journalEntry(_ id: StreamID, stream: String) async throws -> JSONValue? {
        let name = stream.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
        let (status, answer) = try await get("/journal/entry.json?id=\(id)&stream=\(name)")
        if status == 200 { return answer }
        if status == 404, answer?["journal"] == nil, answer?["error"] != nil { return nil }
        throw Refused(description: answer?["error"]?.stringValue ?? "it answered \(status)")
    }

    struct Refused: Error, CustomStringConvertible { let description: String }
}
