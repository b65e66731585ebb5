import CZlib

/// Decompresses gzip piece by piece: whoever reads decides how much is in memory and when it is enough, whatever the stream says of its size.
///
/// A class, since zlib keeps the address of its state. Belongs to one task.
package final class GzipInflater {
    /// It is no gzip, or not the one that was compressed: a wrong checksum, a broken block.
    package struct Damage: Error, Equatable {
        package init() {}
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    /// Whether a stream has ended. Another one may follow it in a file that was put together: ``beginNext()``.
    package private(set) var isAtEnd = false

    package init() throws(Damage) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_inflate_init_gzip(stream) == Z_OK else { throw Damage() }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Whether bytes were given that are not used yet.
    package var hasInput: Bool { position < input.count }

    /// Gives it more. What it has not used of earlier bytes is lost, so only when ``piece(upTo:)`` has given nothing.
    package func feed(_ bytes: [UInt8]) {
        input = bytes
        position = 0
    }

    /// The next bytes; none when it needs more input, or a stream has ended.
    package func piece(upTo size: Int) throws(Damage) -> [UInt8] {
        if isAtEnd { return [] }
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: size) { room, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress.map { $0 + position }
                stream.pointee.avail_in = UInt32(clamping: input.count - position)
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = UInt32(clamping: room.count)
                let given = Int(stream.pointee.avail_in)
                let space = Int(stream.pointee.avail_out)
                status = inflate(stream, Z_NO_FLUSH)
                position += given - Int(stream.pointee.avail_in)
                count = space - Int(stream.pointee.avail_out)
            }
        }
        switch status {
        case Z_STREAM_END: isAtEnd = true
        // No progress: there is nothing left of the input.
        case Z_OK, Z_BUF_ERROR: break
        default: throw Damage()
        }
        return output
    }

    /// Goes on with the stream that follows.
    package func beginNext() throws(Damage) {
        guard inflateReset(stream) == Z_OK else { throw Damage() }
        isAtEnd = false
    }
}
