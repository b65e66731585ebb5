import DevKit
import Foundation

/// A real proxy on a free port of the loopback interface: Debian's tinyproxy or squid, as this user.
enum ProxyServer {
    /// tinyproxy, which wants the user `bridge` with the password `hunter2`, and writes each request to its output.
    static func tinyproxy<Result: Sendable>(
        in folder: String,
        _ body: @Sendable @escaping (_ port: Int, _ proxy: ChildProcess) async throws -> Result
    ) async throws -> Result {
        let port = FreePort.take()
        let configuration = """
            Port \(port)
            Listen 127.0.0.1
            Timeout 60
            LogLevel Info
            BasicAuth bridge hunter2
            """
        return try await run("tinyproxy", ["-d", "-c"], configuration, in: folder, ready: "Accepting connections") {
            try await body(port, $0)
        }
    }

    /// squid, which knows the host `loops.test` as this machine, and speaks TLS on a second port with `server.pem` of the folder.
    static func squid<Result: Sendable>(
        in folder: String,
        _ body: @Sendable @escaping (_ plain: Int, _ secure: Int) async throws -> Result
    ) async throws -> Result {
        let (plain, secure) = (FreePort.take(), FreePort.take())
        try "127.0.0.1 loops.test\n".write(toFile: "\(folder)/hosts", atomically: true, encoding: .utf8)
        let configuration = """
            http_port 127.0.0.1:\(plain)
            https_port 127.0.0.1:\(secure) tls-cert=\(folder)/server.pem tls-key=\(folder)/server.key
            acl forbidden dstdomain forbidden.test
            http_access deny forbidden
            http_access allow localhost
            http_access deny all
            hosts_file \(folder)/hosts
            pid_filename none
            cache deny all
            netdb_filename none
            pinger_enable off
            cache_log /dev/null
            access_log stdio:\(folder)/access.log
            coredump_dir \(folder)
            shutdown_lifetime 0 seconds
            """
        // Its shared memory is named by the service: under the default name a squid of another user, even one that has ended, stops ours.
        let arguments = ["-N", "-d", "1", "-n", "bridge\(secure)", "-f"]
        return try await run("/usr/sbin/squid", arguments, configuration, in: folder, ready: "Accepting HTTPS") { _ in
            try await body(plain, secure)
        }
    }

    /// Awaits the proxy's own word: whoever tried its port in the meantime could take it from the proxy.
    private static func run<Result: Sendable>(
        _ program: String,
        _ arguments: [String],
        _ configuration: String,
        in folder: String,
        ready: String,
        _ body: @Sendable @escaping (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let path = "\(folder)/proxy.conf"
        try configuration.write(toFile: path, atomically: true, encoding: .utf8)
        return try await ChildProcess.run(program, arguments: arguments + [path]) { child in
            guard await child.line(where: { $0.contains(ready) }) != nil else {
                throw Ended(program: program, output: child.output)
            }
            return try await body(child)
        }
    }

    /// The proxy ended before it listened.
    private struct Ended: Error, CustomStringConvertible {
        let program: String
        let output: [String]

        var description: String { "\(program) ended before it listened:\n\(output.joined(separator: "\n"))" }
    }
}
