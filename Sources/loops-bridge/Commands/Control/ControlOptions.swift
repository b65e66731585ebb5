import ArgumentParser
import BridgeService

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a command reaches the bridge that it steers.
struct ControlOptions: ParsableArguments {
    @Option(.httpControlTokenFile) var httpControlTokenFile: String?
    @Option(help: "The admin address of a replica; http://HTTP_HOST:HTTP_PORT if not given.") var url: String?
    @OptionGroup var settings: StreamOptions

    /// Settings with what control needs. Ends the program when they cannot be used.
    func load() throws -> Settings {
        let typed = httpControlTokenFile.map { [Setting.httpControlTokenFile.key: $0] } ?? [:]
        return try settings.settings(typed, wantsControl: true)
    }

    /// Who types this, as logs and pauses tell it.
    static var person: String { "\(ProcessInfo.processInfo.userName)@\(ProcessInfo.processInfo.hostName)" }

    /// A client for the admin address. Ends the program when there is no token.
    /// - Parameter otherwise: what works without one.
    func client(_ settings: Settings, otherwise: String? = nil) throws -> ControlClient {
        guard let token = settings.controlToken else {
            let advice = otherwise.map { "; or \($0)" } ?? ""
            Terminal.printError(
                "http.controlToken is required: set HTTP_CONTROL_TOKEN, or HTTP_CONTROL_TOKEN_FILE to a file that holds it\(advice)"
            )
            throw ExitStatus.unusable
        }
        return ControlClient(base: url ?? settings.adminURL, token: token)
    }
}

/// Which streams are meant, and who says so.
struct PauseOptions: ParsableArguments {
    @Option(help: "This stream only, one of BRIDGE_STREAMS. May be repeated.") var stream: [String] = []
    @Flag(
        help:
            "Pauses or resumes in Redis directly, without asking a bridge: also works while none runs. Needs no token."
    ) var redis = false

    /// What to do without a token.
    static let withoutToken = "use --redis, which needs none"

    /// - Throws: when an option would be ignored.
    func check(_ control: ControlOptions) throws {
        if redis, control.url != nil || control.httpControlTokenFile != nil {
            throw ValidationError("--redis asks no bridge: leave --url and --http-control-token-file out")
        }
    }
}
