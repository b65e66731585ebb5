import Crypto

/// A Lua script with the name it has in errors and metrics.
package struct RedisScript: Sendable {
    package let name: String
    package let source: String
    /// As Redis names it.
    package let sha1: String

    package init(name: String, source: String) {
        self.name = name
        self.source = source
        // Redis' name for a script is its SHA-1; nothing here is kept safe by it.
        self.sha1 = Insecure.SHA1.hash(data: Bytes(source.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension RedisClient {
    /// Runs a script by its hash, or with its text when the server does not know it yet.
    package func run(
        _ script: RedisScript,
        keys: [String],
        arguments: [RedisArgument] = [],
        timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        let rest = [.integer(keys.count)] + keys.map { .string($0) } + arguments
        do {
            return try await send(RedisCommand("EVALSHA", [.string(script.sha1)] + rest), timeout: timeout)
        } catch {
            guard case .server(let fault) = error.reason, fault.code == "NOSCRIPT" else { throw error }
            return try await send(RedisCommand("EVAL", [.string(script.source)] + rest), timeout: timeout)
        }
    }
}
