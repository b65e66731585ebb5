import CZlib

/// Decompression that stops at a limit, whatever the body says of its size.
package enum Gzip {
    /// - Throws: ``IngestRefusal/tooLarge(limit:)``, ``IngestRefusal/compressionRatio(limit:)`` or ``IngestRefusal/badCompression``, which is also
    ///   what is cut off or followed by anything.
    package static func decompressed(_ body: [UInt8], limits: IngestLimits) throws(IngestRefusal) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(body.count &* 4, limits.bodyBytes))
        // The ratio in bytes. A body without one byte of content has none.
        let ratioMax = max(limits.ratioFreeBytes, body.count.multipliedSaturating(by: limits.compressionRatio))
        do {
            let inflater = try GzipInflater()
            inflater.feed(body)
            while !inflater.isAtEnd {
                let piece = try inflater.piece(upTo: 32 << 10)
                guard output.count + piece.count <= limits.bodyBytes else {
                    throw IngestRefusal.tooLarge(limit: limits.bodyBytes)
                }
                guard output.count + piece.count <= ratioMax else {
                    throw IngestRefusal.compressionRatio(limit: limits.compressionRatio)
                }
                // Without progress, more input would be needed, and there is none.
                guard !piece.isEmpty || inflater.isAtEnd else { throw IngestRefusal.badCompression }
                output += piece
            }
            guard !inflater.hasInput else { throw IngestRefusal.badCompression }
            return output
        } catch let refusal as IngestRefusal {
            throw refusal
        } catch {
            throw .badCompression
        }
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
