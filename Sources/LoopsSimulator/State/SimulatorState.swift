import JSON

/// Everything that the API has stored, and the log of how it came to be. A value: no I/O, no clock.
package struct SimulatorState: Sendable {
    package internal(set) var teams: [Team]
    /// All changes in the order they were made.
    package internal(set) var effects: BoundedLog<Effect>
    package private(set) var violations: BoundedLog<Violation>
    package private(set) var violationCounts: [Violation.Kind: Int64] = [:]
    package internal(set) var idempotency = IdempotencyStore()
    /// Principal effects (one for each request that changed something) by endpoint.
    package internal(set) var effectCounts: [Endpoint: Int64] = [:]
    private var teamBySecret: [UTF8Key: (team: Int, keyName: String)] = [:]
    private var contactsMade: UInt64 = 0

    package init(configuration: SimulatorConfiguration) {
        teams = configuration.teams.map(Team.init(seed:))
        effects = BoundedLog(capacity: configuration.bounds.effectsMaximum)
        violations = BoundedLog(capacity: configuration.bounds.violationsMaximum)
        indexKeys()
    }

    /// The team of a key that is not revoked.
    package func team(secret: String) -> Int? {
        guard let found = teamBySecret[UTF8Key(secret)], !teams[found.team].revokedKeys.contains(found.keyName) else {
            return nil
        }
        return found.team
    }

    package mutating func addKey(_ name: String, secret: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].keys[name] = secret
        teams[team].revokedKeys.remove(name)
        indexKeys()
    }

    package mutating func revokeKey(_ name: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].revokedKeys.insert(name)
    }

    package mutating func restoreKey(_ name: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].revokedKeys.remove(name)
    }

    /// The contact with this userId, email or id.
    package func contact(_ name: String, team: Int = 0, emailCase: EmailCase = .fold) -> Contact? {
        guard teams.indices.contains(team) else { return nil }
        let email = emailCase == .fold ? name.lowercased() : name
        return teams[team].contact(userID: name) ?? teams[team].contact(canonicalEmail: email)
            ?? teams[team].contacts[name]
    }

    mutating func record(_ finding: RequestChecks.Finding, request: Int64) {
        violationCounts[finding.kind, default: 0] += 1
        violations.append(
            Violation(kind: finding.kind, request: request, subject: finding.subject, detail: finding.detail)
        )
    }

    /// A new id in the shape of Loops' own: 25 lower-case characters.
    mutating func makeContactID() -> String {
        contactsMade += 1
        let number = String(contactsMade, radix: 36)
        return "clsim" + String(repeating: "0", count: max(0, 20 - number.count)) + number
    }

    private mutating func indexKeys() {
        teamBySecret = [:]
        for (index, team) in teams.enumerated() {
            for (name, secret) in team.keys { teamBySecret[UTF8Key(secret)] = (index, name) }
        }
    }
}
