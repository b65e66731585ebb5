#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How large the terminal is.
extension Terminal {
    /// What a terminal has that does not say.
    package static let usualWidth = 80

    /// Columns of standard error's terminal.
    package static var errorWidth: Int { size(of: STDERR_FILENO)?.columns ?? usualWidth }

    /// Columns of standard output's terminal; nil where no terminal limits a line.
    package static var outputWidth: Int? { isScreen ? size(of: STDOUT_FILENO)?.columns ?? usualWidth : nil }

    /// Rows of standard output's terminal; nil where there is none, or it does not say.
    package static var outputRows: Int? { isScreen ? size(of: STDOUT_FILENO)?.rows : nil }

    private static func size(of descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
