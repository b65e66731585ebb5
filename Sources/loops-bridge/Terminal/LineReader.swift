import BridgeService

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The lines of a file descriptor, as bytes without their end (LF or CRLF), read in large pieces.
struct LineReader {
    /// Why it could not be read to its end.
    struct Fault: Error, CustomStringConvertible {
        /// What was read: a path, or `standard input`.
        let name: String
        let cause: BoundedFile.Fault

        var description: String { "\(name) cannot be read: \(cause)" }
    }

    private let fileDescriptor: Int32
    private let name: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Bytes that were taken from the file so far, for progress.
    private(set) var bytesRead = 0

    /// - Parameter name: what a fault calls it.
    init(fileDescriptor: Int32, name: String) {
        self.fileDescriptor = fileDescriptor
        self.name = name
    }

    static var standardInput: LineReader { LineReader(fileDescriptor: STDIN_FILENO, name: "standard input") }

    /// What is told when a person would have to type the lines.
    static let typedNotice = "reading events from standard input, one a line; end with Ctrl-D"

    /// - Returns: nil at the end.
    /// - Throws: ``Fault``; a file that cannot be read has no end, and what was read of its last line is not given.
    mutating func next() throws(Fault) -> [UInt8]? {
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
            try fill()
        }
    }

    private mutating func fill() throws(Fault) {
        buffer.removeSubrange(..<start)
        start = 0
        let piece: [UInt8]
        do { piece = try BoundedFile.piece(fileDescriptor, upTo: 256 * 1024) } catch {
            throw Fault(name: name, cause: error)
        }
        bytesRead += piece.count
        if piece.isEmpty { isAtEnd = true } else { buffer += piece }
    }
}

extension CommandInput {
    /// Ends the program with status 2 when what is read line by line cannot be read.
    static func lines<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let fault as LineReader.Fault {
            Terminal.endProgress()
            Terminal.printError("\(fault)")
            throw ExitStatus.unusable
        }
    }
}
