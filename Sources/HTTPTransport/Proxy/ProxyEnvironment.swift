/// The proxy that a process's environment names, as curl reads it: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, the lower-case names first.
///
/// It differs from curl in two ways. `HTTP_PROXY` counts in capitals as well: nobody else sets it here, unlike in a CGI program. A host on
/// this very machine never goes through a proxy of the environment, which could not reach it.
package struct ProxyEnvironment: Sendable {
    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    /// The proxy for an origin; nil when it is reached without one.
    /// - Throws: a fault in the value of the variable that counts, which the error names.
    package func proxy(for origin: HTTPOrigin) throws(VariableError) -> HTTPProxy? {
        let names = origin.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"]
        guard let (name, text) = first(of: names + ["all_proxy", "ALL_PROXY"]) else { return nil }
        if origin.isLoopback || noProxy.contains(origin.host) { return nil }
        do {
            return try HTTPProxy(text, setting: name)
        } catch {
            throw VariableError(name: name, error: error)
        }
    }

    private var noProxy: NoProxyList { NoProxyList(first(of: ["no_proxy", "NO_PROXY"])?.text ?? "") }

    /// The first that is set to something.
    private func first(of names: [String]) -> (name: String, text: String)? {
        for name in names {
            // A newline at the end comes with values that were read from files.
            let text = (environment[name] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !text.isEmpty { return (name, text) }
        }
        return nil
    }

    /// A variable that cannot be used.
    package struct VariableError: Error, Equatable {
        package let name: String
        package let error: HTTPProxy.FormError
    }
}
