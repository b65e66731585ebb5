import Destination
import Segment
import Synchronization

/// What events become, as it stands now. A reload replaces it as a whole; an entry that was planned keeps what it was planned with.
final class CurrentDestination: Sendable {
    struct Rules: Sendable {
        let destination: Destination
        /// What tells the enabled mappings apart in idempotency keys: their names, numbered where two share one.
        let identities: [String]
        /// Counts the loads of mappings.
        let load: Int
        /// The enabled mappings as the brake tells them apart.
        var versions: [MappingBrake.Version] {
            let enabled = destination.mappings.filter(\.isEnabled)
            return Dictionary(grouping: enabled, by: \.name).map { name, mappings in
                MappingBrake.Version(name: name, digest: mappings.map(\.digest).joined(separator: "+"))
            }
        }

        init(_ destination: Destination, load: Int = 1) {
            self.destination = destination
            self.load = load
            var taken: Set<String> = []
            identities = destination.mappings.filter(\.isEnabled).map { mapping in
                var identity = mapping.name
                var number = 1
                // Also past a mapping that is itself called "name #2".
                while !taken.insert(identity).inserted {
                    number += 1
                    identity = "\(mapping.name) #\(number)"
                }
                return identity
            }
        }
    }

    private let rules: Mutex<Rules>

    init(_ destination: Destination) {
        rules = Mutex(Rules(destination))
    }

    var current: Rules { rules.withLock { $0 } }

    /// - Returns: the new rules.
    @discardableResult
    func replace(_ destination: Destination) -> Rules {
        rules.withLock {
            $0 = Rules(destination, load: $0.load + 1)
            return $0
        }
    }
}
