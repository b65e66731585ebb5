import ServiceLifecycle
package import UnixSignals

/// Does something at each SIGHUP. A service has one whatever is set: untrapped, that signal ends a process.
package struct SIGHUPListener: Service {
    /// Trapped from the moment this exists, and for as long as anybody holds it.
    package let signals: UnixSignalsSequence
    package let onSignal: @Sendable () -> Void

    package init(signals: UnixSignalsSequence, onSignal: @escaping @Sendable () -> Void) {
        self.signals = signals
        self.onSignal = onSignal
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in signals { onSignal() }
        }
    }
}
