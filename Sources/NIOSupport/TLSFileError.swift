import NIOSSL

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

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
