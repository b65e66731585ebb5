import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Standard output and standard error, as a command uses them.
package enum Terminal {
    /// What ``progress(_:)`` shows at this moment.
    private static let progressLine = Mutex("")

    /// Whether a person watches standard error.
    package static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether a person may type into standard input.
    package static var isTyped: Bool { isatty(STDIN_FILENO) == 1 }

    /// Whether colours are wanted there: not when it is no terminal, nor with `NO_COLOR` (no-color.org).
    package static var hasColour: Bool {
        isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Whether colours are wanted on standard output, by the same rules.
    package static var hasOutputColour: Bool {
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Whether a person watches standard output.
    package static var isScreen: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes lines to standard error; whatever a text of others holds, it is shown and does no more. A line of progress makes room for them and
    /// comes back below them.
    package static func printError(_ text: String) { log(text.shownLines) }

    /// Writes a line of the log to standard error, as it is. A line of progress makes room for it.
    package static func log(_ text: String) {
        progressLine.withLock { line in
            tell(Array((line.isEmpty ? "\(text)\n" : "\r\u{1B}[2K\(text)\n\(line)").utf8))
        }
    }

    /// Writes over the current line of standard error; only on a terminal, and no more than its width.
    package static func progress(_ text: String) {
        guard isInteractive else { return }
        progressLine.withLock { line in
            line = text.cut(to: errorWidth - 1)
            tell(Array("\r\u{1B}[2K\(line)".utf8))
        }
    }

    /// Ends the line that ``progress(_:)`` writes over.
    package static func endProgress() {
        progressLine.withLock { line in
            if line.isEmpty { return }
            line = ""
            tell(Array("\r\u{1B}[2K".utf8))
        }
    }

    /// Writes bytes to standard output. When nobody reads it any more (`… | head`), the program ends quietly, with the status of a program that
    /// SIGPIPE ended.
    package static func write(_ bytes: [UInt8]) {
        if !write(bytes, to: STDOUT_FILENO) { exit(128 + SIGPIPE) }
    }

    /// Writes a line to standard output.
    /// - Returns: true, for those who go on.
    @discardableResult
    package static func line(_ text: String) -> Bool {
        endProgress()
        write(Array((text.shownLines + "\n").utf8))
        return true
    }

    /// Writes bytes to standard error. When nobody reads it any more, there is nobody to tell that.
    package static func tell(_ bytes: [UInt8]) { _ = write(bytes, to: STDERR_FILENO) }

    /// - Returns: whether all was written.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { rest in
            var rest = rest[...]
            while !rest.isEmpty {
                let count = writeSome(UnsafeRawBufferPointer(rebasing: rest), to: descriptor)
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
            }
            return true
        }
    }
}

/// What `write` of POSIX does: outside of ``Terminal``, which has a `write` of its own.
private func writeSome(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
