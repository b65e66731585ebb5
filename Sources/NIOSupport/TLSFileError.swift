import NIOSSL

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
            throw TLSFileError(role: role, path: path, reason: "\(error)")
        }
    }
}
