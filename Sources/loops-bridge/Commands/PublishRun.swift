import Bridge
import BridgeService
import RedisStreams

/// The lines of one input, on their way into a stream.
struct PublishRun {
    /// What is read, for people.
    let name: String
    /// Bytes of it, for progress; nil when that is not known.
    let size: Int?
    let stream: String
    /// nil when nobody looks at the events.
    let preview: EntryPreview?
    /// nil when nothing is added.
    let client: RedisClient?

    private(set) var summary = PublishSummary()
    private var commands: [RedisCommand] = []
    /// A value that began on an earlier line.
    private var spread: SpreadValue?

    /// Commands that leave together.
    private static let batch = 500

    init(name: String, size: Int?, stream: String, preview: EntryPreview?, client: RedisClient?) {
        self.name = name
        self.size = size
        self.stream = stream
        self.preview = preview
        self.client = client
    }

    mutating func publish(from descriptor: Int32) async throws {
        var lines = LineReader(fileDescriptor: descriptor, name: name)
        while let line = try lines.next() {
            summary.line += 1
            take(line)
            if commands.count >= Self.batch {
                try await send()
                let share = size.map { " \(min(100, lines.bytesRead * 100 / max($0, 1))) %" } ?? ""
                Terminal.progress("\(summary.published) published\(share)")
            }
        }
        standAlone()
        try await send()
    }

    private mutating func take(_ line: [UInt8]) {
        if spread == nil {
            spread = SpreadValue(line, number: summary.line)
            if spread == nil { add(line, number: summary.line) }
            return
        }
        switch spread?.take(line) {
        case .complete?:
            summary.refuse(spread?.fault ?? "")
            spread = nil
        // They were no value: each line stands for itself.
        case .none?: standAlone()
        case .open?, nil: break
        }
    }

    private mutating func standAlone() {
        guard let lines = spread else { return }
        spread = nil
        for (index, line) in lines.lines.enumerated() { add(line, number: lines.first + index) }
    }

    private mutating func add(_ line: [UInt8], number: Int) {
        if line.isEmpty { return }
        switch PublishLine(line) {
        case .events(let events):
            for (index, event) in events.enumerated() {
                let field = StreamField(name: Array("event".utf8), value: event)
                if let preview {
                    let place = events.count == 1 ? "line \(number)" : "line \(number), event \(index + 1),"
                    summary.count(preview.fate(of: [field]), of: place)
                }
                if client != nil {
                    commands.append(
                        RedisCommand("XADD", [.string(stream), .string("*"), .string("event"), .bytes(event)])
                    )
                }
            }
        case .refused(let reason):
            summary.refuse("line \(number): \(reason)")
        }
    }

    private mutating func send() async throws {
        guard let client, !commands.isEmpty else { return }
        // One after the other: what was added before a failure is counted.
        for answer in try await client.pipeline(commands) {
            _ = try answer.get()
            summary.published += 1
        }
        commands.removeAll(keepingCapacity: true)
    }
}
