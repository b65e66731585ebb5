import Destination
import Logging

extension Bridge {
    /// Mappings in force whose contacts are not the ones in whose order they are sent.
    var mismatches: [ContactKeyMismatch] {
        rules.current.destination.contactKeyMismatches(configuration.contactPaths)
    }

    func reportMismatches() {
        for mismatch in mismatches {
            logger.warning(
                "A mapping names contacts by whose key nothing is ordered",
                metadata: ["mapping": "\(mismatch.mapping)", "mismatch": "\(mismatch)"]
            )
        }
    }

    /// Asks Loops now and then what the team has.
    func watchAccount() async {
        guard configuration.checksAccount else { return }
        await account.run(
            accountQuestion,
            isHeld: { self.deliverer.snapshot.isHeld },
            destination: { self.rules.current.destination }
        )
    }
}
