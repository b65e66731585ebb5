import NIOSupport

/// Why a proxy let no connection through. Nothing of a request was written.
struct ProxyError: Equatable {
    enum Reason: Equatable {
        /// The network's reason, or that of its TLS.
        case unreachable(String)
        case silent(milliseconds: Int64)
        case closed
        case notHTTP(String)
        /// It answered CONNECT with this status.
        case status(Int, phrase: String)
    }

    let proxy: HTTPProxy
    /// The host and port that the connection was for.
    let target: String
    let reason: Reason
}

extension ProxyError: ExplainedError {
    var problem: String {
        let name = "proxy \(proxy)"
        switch reason {
        case .unreachable(let why): return "\(name) cannot be reached: \(why)"
        case .silent(let milliseconds): return "\(name) did not answer within \(milliseconds) ms"
        case .closed: return "\(name) closed the connection without an answer"
        case .notHTTP(let why): return "\(name) does not answer as an HTTP proxy does (\(why))"
        case .status(let status, _) where Self.isAuthentication(status):
            return proxy.hasCredentials
                ? "\(name) does not accept the user and the password (\(status))"
                : "\(name) wants a user and a password (\(status))"
        case .status(let status, let phrase) where status >= 500:
            return "\(name) could not reach \(target) (\(status) \(phrase))"
        case .status(let status, let phrase):
            return "\(name) refuses connections to \(target) (\(status) \(phrase))"
        }
    }

    var advice: String? {
        switch reason {
        case .unreachable, .notHTTP: "Check \(proxy.setting)"
        case .silent where proxy.isSecure:
            "Check \(proxy.setting), and whether the proxy speaks TLS at this port (http://\(proxy.authority))"
        case .silent: "Check \(proxy.setting) and the proxy"
        case .closed:
            """
            Check the proxy's log, and whether it speaks TLS at this port (\(proxy.isSecure ? "http" : "https")://\(proxy.authority))
            """
        case .status(let status, _) where Self.isAuthentication(status):
            proxy.hasCredentials
                ? "Check those in \(proxy.setting)"
                : "Set \(proxy.setting) to \(proxy.isSecure ? "https" : "http")://user:password@\(proxy.authority)"
        case .status(500..., _): "Check that the proxy can resolve and reach that host"
        case .status: "Allow that host and port at the proxy"
        }
    }

    /// 407, and 401, with which tinyproxy answers wrong credentials.
    private static func isAuthentication(_ status: Int) -> Bool { status == 407 || status == 401 }
}
