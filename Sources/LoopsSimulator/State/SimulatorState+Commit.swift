import JSON

/// Who asks for a commit: what its effects are marked with.
struct RequestStamp: Sendable {
    let request: Int64
    let team: Int
    let endpoint: Endpoint
    let monotonic: Int64
    let contactKey: String
    let idempotencyKey: String?
    let marker: String?
    let sequenceNumber: Int64?
}

/// What a commit came to.
struct CommitResult: Sendable {
    var body: JSONValue
    var contactID: String?
    /// Whether anything was written to the effect log.
    var isApplied = false
}

extension SimulatorState {
    /// Applies a command as one step, or throws and changes nothing.
    mutating func commit(
        _ command: Command,
        _ stamp: RequestStamp,
        _ configuration: SimulatorConfiguration
    ) throws(Rejection) -> CommitResult {
        switch command {
        case .write(let write):
            let contact = try upsert(write, stamp, configuration)
            return CommitResult(
                body: ["success": true, "id": .string(contact.id)],
                contactID: contact.id,
                isApplied: true
            )
        case .create(let write):
            return try create(write, stamp, configuration)
        case .event(let write, let name, let properties):
            let contact = try upsert(write, stamp, configuration)
            defineFromFirstUse(name, properties, team: stamp.team)
            log(.event(name: name, properties: properties), contact, stamp)
            return CommitResult(body: ["success": true], contactID: contact.id, isApplied: true)
        case .delete(let reference):
            return try delete(reference, stamp, configuration.validation)
        case .transactional(let mail):
            return try send(mail, stamp, configuration)
        case .defineProperty(let property):
            defineProperty(property, team: stamp.team)
            return CommitResult(body: ["success": true])
        case .find, .apiKey, .properties, .lists:
            return CommitResult(body: read(command, stamp.team, configuration.validation))
        }
    }

    private mutating func create(
        _ write: ContactWrite,
        _ stamp: RequestStamp,
        _ configuration: SimulatorConfiguration
    ) throws(Rejection) -> CommitResult {
        // The team is asked in place: a copy that lives on would make the write below copy every contact.
        let emailTaken = write.email.map {
            teams[stamp.team].contact(canonicalEmail: Team.canonical($0, configuration.validation)) != nil
        }
        let userIDTaken = write.userID.map { teams[stamp.team].contact(userID: $0) != nil }
        if emailTaken == true || userIDTaken == true { throw Rejection.contactExists }
        let contact = try upsert(write, stamp, configuration)
        return CommitResult(body: ["success": true, "id": .string(contact.id)], contactID: contact.id, isApplied: true)
    }

    private mutating func delete(
        _ reference: ContactReference,
        _ stamp: RequestStamp,
        _ configuration: ValidationConfiguration
    ) throws(Rejection) -> CommitResult {
        guard let contact = contact(reference, team: stamp.team, configuration) else { throw Rejection.contactNotFound }
        log(.contactDeleted, contact, stamp)
        teams[stamp.team].remove(contact, configuration)
        return CommitResult(
            body: ["success": true, "message": "Contact deleted."],
            contactID: contact.id,
            isApplied: true
        )
    }

    private mutating func send(
        _ mail: TransactionalMail,
        _ stamp: RequestStamp,
        _ configuration: SimulatorConfiguration
    ) throws(Rejection) -> CommitResult {
        var contact = contact(.email(mail.email), team: stamp.team, configuration.validation)
        if contact == nil, mail.addsToAudience {
            contact = try upsert(ContactWrite(email: mail.email), stamp, configuration)
        }
        var mail = mail
        let address = Team.canonical(mail.email, configuration.validation)
        mail.isSuppressed = contact?.suppressed ?? false || teams[stamp.team].suppressed.contains(address)
        log(.transactional(mail), contact ?? Contact(id: "", email: mail.email, userID: nil), stamp)
        return CommitResult(body: ["success": true], contactID: contact?.id, isApplied: true)
    }

    private func contact(
        _ reference: ContactReference,
        team: Int,
        _ configuration: ValidationConfiguration
    ) -> Contact? {
        switch reference {
        case .email(let email): teams[team].contact(canonicalEmail: Team.canonical(email, configuration))
        case .userID(let userID): teams[team].contact(userID: userID)
        }
    }

    private func read(_ command: Command, _ index: Int, _ configuration: ValidationConfiguration) -> JSONValue {
        let team = teams[index]
        switch command {
        case .find(let reference):
            return .array(contact(reference, team: index, configuration).map { [$0.foundBody] } ?? [])
        case .properties(let customOnly):
            let custom = team.properties.values.sorted { $0.key < $1.key }
            return .array(((customOnly ? [] : ContactProperty.builtIn) + custom).map(\.body))
        case .lists:
            return .array(team.lists.values.sorted { $0.id < $1.id }.map(\.body))
        default:
            return ["success": true, "teamName": .string(team.name)]
        }
    }

    /// The first request that names an event defines it, with the properties it carries.
    private mutating func defineFromFirstUse(_ name: String, _ properties: JSONObject, team: Int) {
        guard teams[team].events.exactly(name) == nil, teams[team].events.count < Team.eventsMaximum else { return }
        var kinds: [String: ContactProperty.Kind] = [:]
        for (key, value) in properties { kinds[key] = ContactProperty.Kind(of: value) }
        teams[team].events[name] = EventDefinition(name: name, properties: kinds)
    }

    mutating func log(_ kind: Effect.Kind, _ contact: Contact, _ stamp: RequestStamp) {
        let contactSequence = (teams[stamp.team].contacts[contact.id]?.effects ?? contact.effects) + 1
        teams[stamp.team].contacts[contact.id]?.effects = contactSequence
        let effect = Effect(
            sequence: effects.appended + 1,
            contactSequence: contactSequence,
            committedNanoseconds: stamp.monotonic,
            request: stamp.request,
            team: teams[stamp.team].name,
            contactID: contact.id,
            userID: contact.userID,
            email: contact.email,
            contactKey: stamp.contactKey,
            operation: stamp.endpoint,
            kind: kind,
            idempotencyKey: stamp.idempotencyKey,
            marker: stamp.marker,
            sequenceNumber: stamp.sequenceNumber
        )
        if effect.isPrincipal { effectCounts[stamp.endpoint, default: 0] += 1 }
        effects.append(effect)
    }
}

extension ContactProperty {
    var body: JSONValue {
        ["key": .string(key), "label": .string(label), "type": .string(kind.rawValue)]
    }
}

extension MailingList {
    var body: JSONValue {
        [
            "id": .string(id), "name": .string(name), "description": description.map(JSONValue.string) ?? .null,
            "isPublic": .bool(isPublic),
        ]
    }
}
