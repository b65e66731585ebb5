import Destination
import Logging
import Loops
import Support
import Synchronization

/// Asks Loops now and then what the team has, and tells what the mappings name beyond that. Deliveries never wait for it.
final class AccountMonitor: Sendable {
    /// Between two questions, each of two requests.
    static let interval = Duration.seconds(3600)
    /// Until the next try after Loops could not be asked.
    static let retryInterval = Duration.seconds(300)
    /// Until the next try while nothing is delivered: no question is worth a request then.
    static let heldInterval = Duration.seconds(5)

    private let use = Mutex(AccountUse())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    var current: AccountUse { use.withLock { $0 } }

    /// Takes what one planned request names.
    func count(_ request: LoopsRequest) { use.withLock { $0.count(request) } }

    /// - Parameters:
    ///   - question: how Loops is asked.
    ///   - isHeld: whether nothing is delivered now.
    ///   - destination: the mappings in force.
    func run(
        _ question: AccountQuestion,
        isHeld: @Sendable () -> Bool,
        destination: @Sendable () -> Destination
    ) async {
        while !Task.isCancelled {
            var pause = Self.heldInterval
            if !isHeld() {
                pause = await look(question, destination) ? Self.interval : Self.retryInterval
            }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    private func look(_ question: AccountQuestion, _ destination: @Sendable () -> Destination) async -> Bool {
        do {
            let account = try await question.ask()
            use.withLock { $0.learned(account, at: WallClock.secondsSince1970) }
            report(destination())
            return true
        } catch {
            use.withLock { $0.failed("\(error)") }
            logger.info("Loops did not say which contact properties and lists it has", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Tells what these mappings name and Loops does not have, as far as that is known.
    func report(_ destination: Destination) {
        guard let account = current.account else { return }
        for finding in destination.findings(in: account) {
            logger.warning(
                "A mapping names something that Loops does not have",
                metadata: [
                    "mapping": "\(finding.name.mapping)", "kind": "\(finding.name.kind.rawValue)",
                    "name": "\(finding.name.name)", "finding": "\(finding.text)", "advice": "\(finding.advice)",
                ]
            )
        }
    }
}
