import CHiredis
import NIOCore

/// hiredis' command formatter: a command as the bytes that go over the wire. No pointer leaves this file.
enum CommandFormatter {
    /// Memory has run out, or there are more arguments than hiredis counts in 32 bits.
    struct Fault: Error {}

    /// The bytes of `commands`, one behind the other. All or none: a command that is left out would shift the replies of those behind it.
    static func format(_ commands: [RedisCommand]) throws(Fault) -> ByteBuffer {
        var output = ByteBuffer()
        for command in commands { try append(command, to: &output) }
        return output
    }

    private static func append(_ command: RedisCommand, to output: inout ByteBuffer) throws(Fault) {
        // All arguments in one flat buffer, with an offset each: no copy per argument, and NUL bytes are bytes.
        var flat = Bytes(command.name.utf8)
        var lengths = [flat.count]
        lengths.reserveCapacity(command.arguments.count + 1)
        for argument in command.arguments {
            let before = flat.count
            switch argument {
            case .string(let text): flat.append(contentsOf: text.utf8)
            case .bytes(let bytes): flat.append(contentsOf: bytes)
            }
            lengths.append(flat.count - before)
        }
        guard let argumentCount = Int32(exactly: lengths.count) else { throw Fault() }
        let isWritten = flat.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var offset = 0
            var pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                return base.map { $0 + offset }
            }
            var target: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&target, argumentCount, &pointers, lengths)
            guard count > 0, let target else { return false }
            output.writeBytes(UnsafeRawBufferPointer(start: target, count: Int(count)))
            redisFreeCommand(target)
            return true
        }
        guard isWritten else { throw Fault() }
    }
}
