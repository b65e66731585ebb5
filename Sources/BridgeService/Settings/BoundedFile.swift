#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Reads files that people name, up to a length: a path may lead to a device that never ends.
package enum BoundedFile {
    /// The longest file of a key or a token, in bytes.
    package static let secretBytesMax = 16 * 1024

    /// Why a file was not read.
    package enum Fault: Error, Equatable, CustomStringConvertible {
        case unreadable(code: Int32)
        case tooLong(limit: Int)
        /// From this byte on, counted from 0.
        case notText(byte: Int)

        package var description: String {
            switch self {
            case .unreadable(code: ENOENT): "there is no such file"
            case .unreadable(code: EISDIR): "it is a folder"
            case .unreadable(code: EACCES): "permission denied for user \(getuid())"
            case .unreadable(let code): String(cString: strerror(code))
            case .tooLong(let limit): "it has more than \(limit) bytes"
            case .notText(let byte): "it is not UTF-8 at byte \(byte)"
            }
        }
    }

    package static func bytes(_ path: String, upTo limit: Int) throws(Fault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let piece = try piece(descriptor, upTo: 64 * 1024)
            if piece.isEmpty { return bytes }
            bytes += piece
            guard bytes.count <= limit else { throw .tooLong(limit: limit) }
        }
    }

    package static func text(_ path: String, upTo limit: Int) throws(Fault) -> String {
        let bytes = try bytes(path, upTo: limit)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        // Where the repaired text differs from what is there is the first byte that was repaired.
        let repaired = String(decoding: bytes, as: UTF8.self).utf8
        let place = zip(repaired, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? bytes.count
        throw .notText(byte: place)
    }

    /// What is there now; empty at the end.
    package static func piece(_ descriptor: Int32, upTo size: Int) throws(Fault) -> [UInt8] {
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
