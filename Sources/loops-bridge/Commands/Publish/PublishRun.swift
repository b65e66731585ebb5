import Bridge
import BridgeService
import RedisStreams

/// Events on their way from files into streams, with all that is needed to go on after a failure.
struct PublishRun {
    /// Where something stands. A line's events are told apart by their number in it, from 0.
    struct Place: Sendable, Equatable {
        let file: Int
        let line: Int
        var event = 0
    }

    struct Event: Sendable {
        let bytes: [UInt8]
        let stream: Int
        let place: Place
    }

    /// Events that leave together, and their bytes.
    static let batchMax = 500
    static let batchBytesMax = 4 << 20

    /// As they are named; more than one, and places name them.
    private let files: [String]
    private let targets: PublishTargets
    /// nil when nobody looks at the events.
    private let preview: EntryPreview?
    /// nil when nothing is added, and what would become of each event is told instead.
    private let clients: PublishClients?
    private var pace: PublishPace?
    private let batch: Int

    private(set) var summary = PublishSummary()
    /// What Redis does not have yet, as far as is known.
    private var waiting: [Event] = []
    private var waitingBytes = 0
    /// What comes next once nothing waits.
    private var next = Place(file: 0, line: 1)
    /// How much of the current file is read, in percent, for progress.
    private var share: Int?
    /// A value that began on an earlier line.
    private var spread: SpreadValue?

    init(
        files: [String],
        targets: PublishTargets,
        preview: EntryPreview?,
        clients: PublishClients?,
        rate: Double? = nil
    ) {
        self.files = files
        self.targets = targets
        self.preview = preview
        self.clients = clients
        pace = rate.map(PublishPace.init)
        batch = pace?.batch(atMost: Self.batchMax) ?? Self.batchMax
    }

    /// The first event that may not be in the stream.
    var resumption: Place { waiting.first?.place ?? spread.map { Place(file: next.file, line: $0.first) } ?? next }

    /// Reads one of the files to its end. What is left of it waits for ``finish()`` or the next file.
    /// - Parameter firstLine: what stands before it is not looked at.
    mutating func publish(_ source: PublishSource, file: Int, size: Int?, from firstLine: Int) async throws {
        var source = source
        next = Place(file: file, line: firstLine)
        while let step = try await source.next() {
            switch step {
            // What a pipe has given goes on at once when nothing follows.
            case .idle: try await send()
            case .piece(.line(let bytes, let number)):
                guard number >= firstLine else { continue }
                try await take(bytes, number: number)
                next = Place(file: file, line: number + 1)
            case .piece(.element(let bytes, let number)):
                guard number >= firstLine else { continue }
                if next.line != number { next = Place(file: file, line: number) }
                // The next one may stand on the same line.
                next.event += try await add(bytes, at: next)
            case .piece(.refused(let reason, let number)):
                guard number >= firstLine else { continue }
                refuse(reason, at: Place(file: file, line: number))
            }
            share = size.map { min(100, source.bytesRead * 100 / max($0, 1)) }
        }
        try await standAlone()
        next = Place(file: file + 1, line: 1)
    }

    /// Adds what still waits.
    mutating func finish() async throws { try await send() }

    private mutating func take(_ line: [UInt8], number: Int) async throws {
        if spread == nil {
            spread = SpreadValue(line, number: number)
            if spread == nil { try await add(line, at: Place(file: next.file, line: number)) }
            return
        }
        switch spread?.take(line) {
        case .complete?:
            guard let value = spread else { return }
            spread = nil
            try await add(value.value, at: Place(file: next.file, line: value.first))
        // They were no value: each line stands for itself.
        case .none?: try await standAlone()
        case .open?, nil: break
        }
    }

    private mutating func standAlone() async throws {
        guard let lines = spread else { return }
        spread = nil
        for (index, line) in lines.lines.enumerated() {
            try await add(line, at: Place(file: next.file, line: lines.first + index))
        }
    }

    /// - Parameter place: of its first event.
    /// - Returns: how many events it has.
    @discardableResult
    private mutating func add(_ text: [UInt8], at place: Place) async throws -> Int {
        var place = place
        if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return 0 }
        switch PublishLine(text) {
        case .events(let events):
            for event in events {
                let stream = targets.index(of: event)
                tell(event, stream: stream, at: place, isOneOfMany: events.count > 1 || place.event > 0)
                if clients != nil {
                    waiting.append(Event(bytes: event, stream: stream, place: place))
                    waitingBytes += event.count
                }
                place.event += 1
                if waiting.count >= batch || waitingBytes >= Self.batchBytesMax { try await send() }
            }
            return events.count
        case .refused(let reason):
            refuse(reason, at: place)
            return 0
        }
    }

    private mutating func tell(_ event: [UInt8], stream: Int, at place: Place, isOneOfMany: Bool) {
        guard let preview else { return }
        let fate = preview.fate(of: [StreamField(name: Array("event".utf8), value: event)])
        let text = words(place) + (isOneOfMany ? ", event \(place.event + 1)" : "")
        summary.count(fate, of: text)
        guard clients == nil else { return }
        let stream = targets.streams.count > 1 ? " in \(targets.streams[stream])" : ""
        Terminal.line("\(text)\(stream): \(PublishSummary.words(fate))".shown)
    }

    private mutating func refuse(_ reason: String, at place: Place) {
        summary.refuse("\(words(place)): \(reason)")
        if clients == nil { Terminal.line("\(words(place)): left out: \(reason)".shown) }
    }

    private func words(_ place: Place) -> String {
        files.count > 1 ? "\(files[place.file]) line \(place.line)" : "line \(place.line)"
    }

    private mutating func send() async throws {
        guard let clients, !waiting.isEmpty else { return }
        if let turn = pace?.turn(of: waiting.count, now: .now) { try await EndRequest.sleep(until: turn) }
        let (isAdded, error) = await clients.add(waiting)
        summary.published += isAdded.count { $0 }
        waiting = zip(waiting, isAdded).filter { !$0.1 }.map(\.0)
        waitingBytes = 0
        if let error { throw error }
        let file = files.count > 1 && files.indices.contains(next.file) ? " \(files[next.file])" : ""
        Terminal.progress("\(summary.published) published\(file)\(share.map { " \($0) %" } ?? "")")
    }
}
