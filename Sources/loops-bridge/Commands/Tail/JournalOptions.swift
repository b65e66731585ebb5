import ArgumentParser
import BridgeService
import HTTPTransport

/// Which replicas' journals a command asks, and what it shows them.
struct JournalOptions: ParsableArguments {
    @Option(help: "The admin address of a replica; http://HTTP_HOST:HTTP_PORT if not given. May be repeated.")
    var url: [String] = []
    @Option(.httpViewTokenFile) var httpViewTokenFile: String?
    @Option(.httpControlTokenFile) var httpControlTokenFile: String?

    /// The values that were typed, by setting.
    var typed: [String: String] {
        var typed: [String: String] = [:]
        typed[Setting.httpViewTokenFile.key] = httpViewTokenFile
        typed[Setting.httpControlTokenFile.key] = httpControlTokenFile
        return typed
    }

    /// Replicas and the token for each. What the environment holds is for the bridge of these settings: an address that was typed gets a token
    /// only from a file that was typed.
    func replicas(_ settings: Settings) throws -> [Replica] {
        let token =
            if httpViewTokenFile != nil { settings.viewToken } else if httpControlTokenFile != nil {
                settings.controlToken
            } else {
                url.isEmpty ? settings.viewToken ?? settings.controlToken : nil
            }
        let bases = url.isEmpty ? [settings.adminURL] : url
        return try bases.map { base in
            Replica(base: base, client: AdminClient(origin: try HTTPOrigin(typed: base), token: token))
        }
    }

    /// Where a journal is asked for.
    struct Replica: Sendable {
        /// The address, for people.
        let base: String
        let client: AdminClient
    }
}
