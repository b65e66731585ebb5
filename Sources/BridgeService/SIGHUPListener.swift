import ServiceLifecycle
import UnixSignals

/// Does something at each SIGHUP. A service has one whatever is set: untrapped, that signal ends a process.
struct SIGHUPListener: Service {
    /// Trapped from the moment this exists, and for as long as anybody holds it.
    let signals: UnixSignalsSequence
    let onSignal: @Sendable () -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in signals { onSignal() }
        }
    }
}
