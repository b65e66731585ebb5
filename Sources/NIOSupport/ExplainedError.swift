import NIOSSL

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An error that says what to do about it.
package protocol ExplainedError: Error, CustomStringConvertible {
    /// What happened, and to what.
    var problem: String { get }
    /// What to do, as a sentence without its full stop; nil when that is up to the caller.
    var advice: String? { get }
}

extension ExplainedError {
    package var description: String { advice.map { "\(problem). \($0)" } ?? problem }
}

/// A certificate or key file that cannot be used.
package struct TLSFileError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(description: String) { self.description = description }

    init(role: String, path: String, reason: String) {
        description = "the \(role) file \(path) cannot be used (\(reason)); a PEM file is wanted"
    }

    static func reading<Value>(_ role: String, _ path: String, _ body: () throws -> Value) throws(TLSFileError) -> Value
    {
        do {
            return try body()
        } catch {
            // NIOSSL says the same of a file that is not there as of one that holds something else.
            let reason = access(path, R_OK) == 0 ? "\(error)" : String(cString: strerror(errno))
            throw TLSFileError(role: role, path: path, reason: reason)
        }
    }
}
