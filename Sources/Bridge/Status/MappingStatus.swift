package import Destination

/// What one mapping has done since the process began.
package struct MappingUsage: Sendable, Equatable {
    package var delivered = 0
    package var deleted = 0
    package var expired = 0
    package var deadLettered = 0
    /// When the last event of it was completed, in seconds since 1970; nil for never.
    package var lastAt: Double?

    mutating func count(_ kind: MappingOutcome.Kind, at now: Double) {
        switch kind {
        case .delivered: delivered += 1
        case .deleted: deleted += 1
        case .expired: expired += 1
        case .deadLettered: deadLettered += 1
        }
        lastAt = now
    }
}

/// One mapping that is in force, with what it did.
package struct MappingStatus: Sendable {
    package let mapping: DestinationMapping
    package let usage: MappingUsage
    /// What it names and Loops does not have; nil while Loops has not said what it has.
    package let findings: [AccountFinding]?
}

/// When mappings were loaded, and what came of the last try.
package struct MappingsLoad: Sendable, Equatable {
    package struct Refusal: Sendable, Equatable {
        /// In seconds since 1970.
        package let at: Double
        /// For a person; may name what stands in the file.
        package let reason: String
    }

    /// When those in force came, in seconds since 1970.
    package let loadedAt: Double
    /// The last try since then, which failed; nil when there was none.
    package internal(set) var refusal: Refusal?
}

extension Bridge {
    /// The mappings in force, in their order, with what they did.
    package var mappings: [MappingStatus] {
        let destination = destination
        let account = account.current.account
        let findings = account.map { destination.findings(in: $0) }
        return destination.mappings.map { mapping in
            MappingStatus(
                mapping: mapping,
                usage: mappingUsage(mapping.name),
                findings: findings.map { $0.filter { $0.name.mapping == mapping.name } }
            )
        }
    }
}
