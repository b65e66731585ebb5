import CZlib

/// Decompression that stops at a limit, whatever the body says of its size.
package enum Gzip {
    /// - Throws: ``IngestRefusal/tooLarge(limit:)``, ``IngestRefusal/compressionRatio(limit:)`` or ``IngestRefusal/badCompression``, which is also
    ///   what is cut off or followed by anything.
    package static func decompressed(_ body: [UInt8], limits: IngestLimits) throws(IngestRefusal) -> [UInt8] {
        var stream = z_stream()
        guard czlib_inflate_init_gzip(&stream) == Z_OK else { throw .badCompression }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        output.reserveCapacity(min(body.count &* 4, limits.bodyBytes))
        var chunk = [UInt8](repeating: 0, count: 32 << 10)
        // The ratio in bytes. A body without one byte of content has none.
        let ratioMax = max(limits.ratioFreeBytes, body.count.multipliedSaturating(by: limits.compressionRatio))
        var input = body
        let result = input.withUnsafeMutableBufferPointer { input -> Result<Void, IngestRefusal> in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            while true {
                var status = Z_OK
                let room = chunk.count
                chunk.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                }
                let count = room - Int(stream.avail_out)
                guard output.count + count <= limits.bodyBytes else {
                    return .failure(.tooLarge(limit: limits.bodyBytes))
                }
                guard output.count + count <= ratioMax else {
                    return .failure(.compressionRatio(limit: limits.compressionRatio))
                }
                output.append(contentsOf: chunk[..<count])
                if status == Z_STREAM_END { return stream.avail_in == 0 ? .success(()) : .failure(.badCompression) }
                // Without progress, more input would be needed, and there is none.
                guard status == Z_OK, count > 0 || stream.avail_in > 0 else { return .failure(.badCompression) }
            }
        }
        try result.get()
        return output
    }

    /// For tests and for those who send.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard czlib_deflate_init_gzip(&stream) == Z_OK else { return [] }
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: output.count)
                _ = deflate(&stream, Z_FINISH)
            }
        }
        return Array(output[..<Int(stream.total_out)])
    }
}

extension Int {
    fileprivate func multipliedSaturating(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
