import BridgeService
import Ingest

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One file on its way to pieces: read bit by bit, and decompressed where it is gzip, whatever its name.
struct PublishSource {
    /// Why it could not be read to its end.
    struct Fault: Error, CustomStringConvertible {
        let description: String

        init(_ name: String, _ reason: String) { description = "\(name) cannot be read: \(reason)" }
    }

    /// How many times its compressed size a file may have, as in the intake; gzip itself ends at about 1,030, and events are compressed to a tenth.
    static let compressionRatioMax = IngestLimits().compressionRatio
    /// The ratio counts only above this size: a small file of one repeated event is no attack.
    static let ratioFreeBytes = 16 << 20
    private static let pieceBytes = 256 * 1024

    let name: String
    private let descriptor: Int32
    private let ratioFreeBytes: Int
    private var splitter = EventSplitter()
    private var inflater: GzipInflater?
    private var hasBegun = false
    /// The first bytes, until it is known what they are.
    private var head: [UInt8] = []
    private var isAtEnd = false
    private var bytesInflated = 0
    /// Bytes that were taken from the file so far, for progress.
    private(set) var bytesRead = 0

    /// - Parameter name: what a fault calls it.
    init(descriptor: Int32, name: String, ratioFreeBytes: Int = Self.ratioFreeBytes) {
        self.descriptor = descriptor
        self.name = name
        self.ratioFreeBytes = ratioFreeBytes
    }

    enum Step: Equatable {
        case piece(EventSplitter.Piece)
        /// A pipe has nothing at the moment.
        case idle
    }

    /// - Returns: nil at the end.
    /// - Throws: ``Fault``, or ``EndRequest`` when the program is asked to end.
    mutating func next() async throws -> Step? {
        while true {
            try EndRequest.check()
            if let piece = splitter.next() { return .piece(piece) }
            if isAtEnd { return nil }
            if try !fill() {
                // There may be one thread only, which others want too.
                await Task.yield()
                return .idle
            }
        }
    }

    /// - Returns: false when there is nothing to read at the moment.
    private mutating func fill() throws -> Bool {
        if let inflater { return try inflate(inflater) }
        guard let bytes = try read() else { return false }
        if hasBegun {
            take(bytes)
            return true
        }
        // A pipe may give a single byte.
        head += bytes
        guard head.count >= Self.magic.count || bytes.isEmpty else { return true }
        hasBegun = true
        if head.starts(with: Self.magic) {
            let inflater = try damage { () throws(GzipInflater.Damage) in try GzipInflater() }
            inflater.feed(head)
            self.inflater = inflater
        } else {
            take(head)
        }
        head = []
        return true
    }

    private mutating func inflate(_ inflater: GzipInflater) throws -> Bool {
        let piece = try damage { () throws(GzipInflater.Damage) in try inflater.piece(upTo: Self.pieceBytes) }
        bytesInflated += piece.count
        guard bytesInflated <= max(ratioFreeBytes, bytesRead * Self.compressionRatioMax) else {
            let limit = "more than \(Self.compressionRatioMax) times its size when it is decompressed"
            throw Fault(name, "it is gzip and has \(limit): no file of events has")
        }
        if !piece.isEmpty {
            take(piece)
            return true
        }
        if !inflater.hasInput {
            guard let more = try read() else { return false }
            if more.isEmpty {
                guard inflater.isAtEnd else { throw Fault(name, "it is gzip and was cut off") }
                take([])
                return true
            }
            inflater.feed(more)
        }
        if inflater.isAtEnd { try damage { () throws(GzipInflater.Damage) in try inflater.beginNext() } }
        return true
    }

    private static let magic: [UInt8] = [0x1F, 0x8B]

    /// - Parameter bytes: none at the end.
    private mutating func take(_ bytes: [UInt8]) {
        if bytes.isEmpty {
            isAtEnd = true
            splitter.finish()
        } else {
            splitter.append(bytes)
        }
    }

    private func damage<Value>(_ body: () throws(GzipInflater.Damage) -> Value) throws(Fault) -> Value {
        do { return try body() } catch {
            throw Fault(name, "it is gzip and damaged, or something follows that is not gzip")
        }
    }

    /// - Returns: what is there, and nothing at the end; nil when there is nothing yet. So who waits for a pipe or a terminal still hears that the
    ///   program is to end.
    private mutating func read() throws(Fault) -> [UInt8]? {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 200) > 0 else { return nil }
        do {
            let piece = try BoundedFile.piece(descriptor, upTo: Self.pieceBytes)
            bytesRead += piece.count
            return piece
        } catch {
            throw Fault(name, "\(error)")
        }
    }
}
