import Support
import Testing

@testable import Ingest

@Suite("Decompression")
struct GzipTests {
    private static let text = Array("{\"batch\":[]}".utf8)

    @Test("What was compressed comes back")
    func roundTrip() throws {
        for count in [0, 1, 1000, 40_000, 300_000] {
            var random = SplitMix64(seed: UInt64(count))
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...63, using: &random) }
            #expect(try Gzip.decompressed(Gzip.compressed(bytes), limits: IngestLimits()) == bytes)
        }
    }

    @Test("Piece by piece: any cut of the input, several streams in a row, and no more at a time than was asked for")
    func pieces() throws {
        let whole =
            Gzip.compressed(Self.text) + Gzip.compressed([]) + Gzip.compressed(Array(repeating: 7, count: 10_000))
        var random = SplitMix64(seed: 1)
        for _ in 0..<50 {
            let inflater = try GzipInflater()
            var rest = whole[...]
            var output: [UInt8] = []
            while true {
                let piece = try inflater.piece(upTo: 100)
                #expect(piece.count <= 100)
                output += piece
                if !piece.isEmpty { continue }
                if !inflater.hasInput {
                    if rest.isEmpty { break }
                    let size = Int.random(in: 1...min(20, rest.count), using: &random)
                    inflater.feed(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                if inflater.isAtEnd { try inflater.beginNext() }
            }
            #expect(inflater.isAtEnd && output == Self.text + Array(repeating: 7, count: 10_000))
        }
        let damaged = try GzipInflater()
        damaged.feed([0x1F, 0x8B, 0xFF, 0xFF])
        #expect(throws: GzipInflater.Damage.self) { try damaged.piece(upTo: 100) }
    }

    @Test("Another program's gzip, with a name in its header")
    func foreign() throws {
        // printf '{}' > a; gzip a
        let bytes: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x61, 0x00, 0xAB, 0xAE, 0x05, 0x00, 0x43, 0xBF,
            0xA6, 0xA3, 0x02, 0x00, 0x00, 0x00,
        ]
        #expect(try Gzip.decompressed(bytes, limits: IngestLimits()) == Array("{}".utf8))
    }

    @Test("Every cut of a stream is refused")
    func truncated() {
        let whole = Gzip.compressed(Self.text)
        for count in 0..<whole.count {
            #expect(throws: IngestRefusal.badCompression) {
                try Gzip.decompressed(Array(whole[..<count]), limits: IngestLimits())
            }
        }
    }

    @Test("What follows the stream is refused, also a second stream")
    func trailing() {
        let whole = Gzip.compressed(Self.text)
        for rest in [[0], Self.text, whole] {
            #expect(throws: IngestRefusal.badCompression) {
                try Gzip.decompressed(whole + rest, limits: IngestLimits())
            }
        }
    }

    @Test("What is no gzip is refused: plain text, zlib's own form, a wrong checksum")
    func notGzip() {
        var damaged = Gzip.compressed(Self.text)
        damaged[damaged.count - 6] ^= 1
        for bytes in [Self.text, [0x78, 0x9C, 0xAB, 0xAE, 0x05, 0x00, 0x01, 0x75, 0x00, 0xF9], damaged] {
            #expect(throws: IngestRefusal.badCompression) { try Gzip.decompressed(bytes, limits: IngestLimits()) }
        }
    }

    @Test("The size after decompression has a limit, to the byte")
    func size() throws {
        let limits = IngestLimits(bodyBytes: 100_000, compressionRatio: .max)
        let fits = [UInt8](repeating: 0x20, count: 100_000)
        #expect(try Gzip.decompressed(Gzip.compressed(fits), limits: limits).count == 100_000)
        #expect(throws: IngestRefusal.tooLarge(limit: 100_000)) {
            try Gzip.decompressed(Gzip.compressed(fits + [0x20]), limits: limits)
        }
    }

    @Test("A bomb ends at the ratio, long before its size")
    func ratio() throws {
        let bomb = Gzip.compressed([UInt8](repeating: 0x20, count: 900_000))
        #expect(bomb.count < 2000)
        #expect(throws: IngestRefusal.compressionRatio(limit: 100)) {
            try Gzip.decompressed(bomb, limits: IngestLimits())
        }
        // A small body may be as regular as it likes.
        let small = [UInt8](repeating: 0x20, count: 60_000)
        #expect(try Gzip.decompressed(Gzip.compressed(small), limits: IngestLimits()) == small)
    }
}
