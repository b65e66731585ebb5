import Foundation

/// Reads files that people name, up to a length: a path may lead to a device that never ends.
enum BoundedFile {
    /// The longest file of a key or a token, in bytes.
    static let secretBytesMax = 16 * 1024

    /// Why a file was not read.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case unreadable(code: Int32)
        case tooLong(limit: Int)
        case notText

        var description: String {
            switch self {
            case .unreadable(let code): String(cString: strerror(code))
            case .tooLong(let limit): "it has more than \(limit) bytes"
            case .notText: "it is no UTF-8 text"
            }
        }
    }

    static func bytes(_ path: String, upTo limit: Int) throws(Fault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let piece = try piece(descriptor)
            if piece.isEmpty { return bytes }
            bytes += piece
            guard bytes.count <= limit else { throw .tooLong(limit: limit) }
        }
    }

    static func text(_ path: String, upTo limit: Int) throws(Fault) -> String {
        guard let text = String(validating: try bytes(path, upTo: limit), as: UTF8.self) else { throw .notText }
        return text
    }

    /// What is there now; empty at the end.
    private static func piece(_ descriptor: Int32) throws(Fault) -> [UInt8] {
        let size = 64 * 1024
        var code: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: size) { space, count in
            var got = -1
            // A signal that was handled meanwhile is no fault of the file.
            repeat { got = read(descriptor, space.baseAddress, size) } while got < 0 && errno == EINTR
            if got < 0 { code = errno }
            count = max(0, got)
        }
        if code != 0 { throw .unreadable(code: code) }
        return piece
    }
}
