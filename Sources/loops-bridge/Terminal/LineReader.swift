import Foundation

/// The lines of a file descriptor, as bytes without their end (LF or CRLF), read in large pieces.
struct LineReader: Sequence, IteratorProtocol {
    private let fileDescriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Bytes that were taken from the file so far, for progress.
    private(set) var bytesRead = 0

    init(fileDescriptor: Int32) {
        self.fileDescriptor = fileDescriptor
    }

    mutating func next() -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                let line = buffer[start..<end]
                return Array(line.last == 0x0D ? line.dropLast() : line)
            }
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            searched = buffer.count - start
            fill()
        }
    }

    private mutating func fill() {
        buffer.removeSubrange(..<start)
        start = 0
        let size = 256 * 1024
        let piece = [UInt8](unsafeUninitializedCapacity: size) { space, count in
            count = Swift.max(0, read(fileDescriptor, space.baseAddress, size))
        }
        bytesRead += piece.count
        if piece.isEmpty { isAtEnd = true } else { buffer += piece }
    }
}
