import JSON

/// The body of `POST /__sim/seed`.
struct StateSeed: Sendable {
    private var properties: [ContactProperty] = []
    private var lists: [MailingList] = []
    private var events: [EventDefinition] = []
    private var keys: [(name: String, secret: String)] = []
    private var revoked: [String] = []
    private var contacts: [JSONObject] = []
    private var suppressed: [String] = []
    private var left: [(contact: String, list: String?)] = []
    private var blocklist: [String] = []
    private var transactionals: [(id: String, variables: [String])] = []
    private let team: Int

    init(_ body: JSONObject) throws(AdminError) {
        if case .int(let number)? = body["team"] { team = Int(clamping: number) } else { team = 0 }
        for (key, kind) in body["properties"]?.objectValue ?? JSONObject() {
            guard let kind = kind.stringValue.flatMap(ContactProperty.Kind.init(rawValue:)) else {
                throw AdminError("properties.\(key): one of string, number, boolean, date")
            }
            properties.append(ContactProperty(key: key, kind: kind))
        }
        for (id, name) in body["lists"]?.objectValue ?? JSONObject() {
            lists.append(MailingList(id: id, name: name.stringValue ?? id))
        }
        for name in StateSeed.texts(body["events"]) { events.append(EventDefinition(name: name)) }
        for (id, variables) in body["transactionals"]?.objectValue ?? JSONObject() {
            transactionals.append((id, StateSeed.texts(variables)))
        }
        for (name, secret) in body["keys"]?.objectValue ?? JSONObject() {
            guard let secret = secret.stringValue else { throw AdminError("keys.\(name): a text") }
            keys.append((name, secret))
        }
        revoked = StateSeed.texts(body["revoked_keys"])
        contacts = (body["contacts"]?.arrayValue ?? []).compactMap(\.objectValue)
        suppressed = StateSeed.texts(body["suppression"])
        for entry in (body["out_by_user"]?.arrayValue ?? []).compactMap(\.objectValue) {
            guard let contact = entry["contact"]?.stringValue else {
                throw AdminError("out_by_user: contact is missing")
            }
            left.append((contact, entry["list"]?.stringValue))
        }
        blocklist = StateSeed.texts(body["blocklist"])
    }

    /// Applies it and names what was refused.
    func apply(to simulation: inout Simulation) -> [String] {
        guard simulation.state.teams.indices.contains(team) else { return ["team \(team): there is no such team"] }
        var refused: [String] = []
        for property in properties where !simulation.state.defineProperty(property, team: team) {
            refused.append("property \(property.key): a reserved name")
        }
        for list in lists { simulation.state.defineList(list, team: team) }
        for event in events { simulation.state.defineEvent(event, team: team) }
        for (name, secret) in keys { simulation.state.addKey(name, secret: secret, team: team) }
        for name in revoked { simulation.state.revokeKey(name, team: team) }
        for (id, variables) in transactionals {
            simulation.state.defineTransactional(id: id, variables: variables, team: team)
        }
        for email in suppressed {
            simulation.state.suppress(email, team: team, configuration: simulation.configuration.validation)
        }
        for pattern in blocklist { simulation.state.block(pattern, team: team) }
        for contact in contacts {
            let email = contact["email"]?.stringValue ?? ""
            let made = simulation.state.seedContact(
                email: email,
                userID: contact["userId"]?.stringValue,
                subscribed: contact["subscribed"]?.boolValue ?? true,
                suppressed: suppressed.contains(email),
                team: team,
                configuration: simulation.configuration.validation
            )
            if made == nil { refused.append("contact \(email): its email or userId is taken") }
        }
        for (contact, list) in left { simulation.state.leave(contact: contact, list: list, team: team) }
        return refused
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
