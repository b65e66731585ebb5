import CHiredis

/// hiredis' command formatter: a command as the bytes that go over the wire. No pointer leaves this file.
enum CommandFormatter {
    /// The bytes of `commands`, one behind the other.
    static func format(_ commands: [RedisCommand]) -> Bytes {
        var output = Bytes()
        for command in commands { append(command, to: &output) }
        return output
    }

    private static func append(_ command: RedisCommand, to output: inout Bytes) {
        // All arguments in one flat buffer, with an offset each: no copy per argument, and NUL bytes are bytes.
        var flat = Bytes(command.name.utf8)
        var lengths = [flat.count]
        for argument in command.arguments {
            let before = flat.count
            switch argument {
            case .string(let text): flat.append(contentsOf: text.utf8)
            case .bytes(let bytes): flat.append(contentsOf: bytes)
            }
            lengths.append(flat.count - before)
        }
        flat.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var offset = 0
            var pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                return base.map { $0 + offset }
            }
            var target: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&target, Int32(lengths.count), &pointers, lengths)
            guard count > 0, let target else { return }
            output.append(contentsOf: UnsafeRawBufferPointer(start: target, count: Int(count)))
            redisFreeCommand(target)
        }
    }
}
