import Bridge
import BridgeService
import JSON
import Operations
import RedisStreams
import StreamGroups
import Support

/// Whereabouts of entries in plain words, and for programs.
struct WhyText {
    /// Milliseconds since 1970.
    let now: Int64
    /// Requests a second; 0 for no limit.
    let rate: Double
    let group: String
    var showsContacts = false
    /// Letters that a replay leaves alone, and why.
    var leftAlone: [StreamID: String] = [:]
    /// What became of entries that are finished.
    var fates: [StreamID: PastEntries.Fate] = [:]

    /// The entry, and below it where it is.
    func text(_ hit: EventLocation, _ findings: EventSearchResult) -> String {
        var head = "\(hit.id) in \(hit.stream)"
        if let first = hit.messageIDs.first {
            head += ", messageId \(first)" + (hit.messageIDs.count > 1 ? " and \(hit.messageIDs.count - 1) more" : "")
        }
        if let contact = hit.contact { head += ", contact \(showsContacts ? contact : Redaction.hash(contact))" }
        return ([head] + words(hit, findings).map { "  " + $0 }).map(\.shown).joined(separator: "\n")
    }

    /// What is said of an entry, a sentence each.
    func words(_ hit: EventLocation, _ findings: EventSearchResult) -> [String] {
        switch hit.state {
        case .noGroup:
            return ["not read: there is no group \(group) on the stream. No bridge with these settings has run yet."]
        case .waiting(let before):
            let count = before.map { $0 == 0 ? "nothing comes before it" : "\($0) entries come before it" }
            return ["waiting, not read yet: \(count ?? "how many come before it is unknown")\(time(before, findings))"]
        case .pending(let place): return words(place, hit, findings)
        case .deadLettered(let letter):
            let again = Replayability.words(letter, obstacle: letter.obstacle ?? leftAlone[letter.id])
            return [
                """
                dead-lettered \(ShownTime.wait(seconds: Double(letter.age(now: now)) / 1000)) ago as letter \(letter.id), \
                \(letter.reason): \(masked(letter.detail, letter.contact))
                """,
                "attempts: \(letter.attempts); \(again)",
            ]
        case .replayed(let copy):
            return ["was dead-lettered and replayed: it goes on as \(copy)"]
        case .finished: return words(fates[hit.id], hit.contact)
        }
    }

    /// What became of an entry that the group has read and that is not pending.
    private func words(_ fate: PastEntries.Fate?, _ contact: String?) -> [String] {
        switch fate {
        case .told(let entry): return JournalText().words(entry, now: Double(now) / 1000)
        case .receipt(let receipt): return [words(receipt)]
        case .wouldBe(let fate, let mappings):
            let words =
                switch fate {
                case .delivered(let requests):
                    "delivered, in \(requests.count) \(requests.count == 1 ? "request" : "requests")"
                case .ignored(let why): "ignored: \(why)"
                case .deadLettered(let why): "dead-lettered: \(masked(why, contact))"
                }
            return ["finished, and no journal that was asked has it any more; by \(mappings) it would be: \(words)"]
        case .unknown(let why): return ["finished, and no journal that was asked has it any more; \(why)"]
        case nil: return ["finished: the group has read it, and it is not pending"]
        }
    }

    private func words(_ receipt: Receipt) -> String {
        let ago = ShownTime.wait(seconds: max(0, Double(now - receipt.at)) / 1000)
        let mappings = receipt.mappings.map { "\($0.name): \($0.outcome)" }.joined(separator: ", ")
        return """
            \(receipt.outcome) \(ago) ago by \(receipt.replica), by its receipt: \(receipt.attempts) attempts; \
            \(mappings.isEmpty ? "no mapping took it" : mappings)
            """
    }

    private func words(_ place: PendingPosition, _ hit: EventLocation, _ findings: EventSearchResult) -> [String] {
        guard place.partition != nil else {
            return [
                """
                pending for the consumer \(place.consumer) of another program. A bridge that starts hands it to its partitions \
                before anything new.
                """
            ]
        }
        let owner =
            place.owner.map { "owned by \($0)" } ?? "owned by nobody: no replica runs, or it is being taken over"
        var lines = ["in hand: pending in partition \(place.consumer), \(owner)"]
        if let trouble = place.trouble { lines.append(words(trouble, place, hit.contact)) }
        let behind = place.behind
        if behind.count > 0 {
            let names = behind.first.map { entry in entry.id.description + (entry.messageID.map { " (\($0))" } ?? "") }
            let more = behind.count > names.count ? " and \(behind.count - names.count) more" : ""
            lines.append(
                "behind \(behind.count) earlier pending entries of the same contact: \(names.joined(separator: ", "))\(more)"
            )
            if let first = behind.first.first, let trouble = first.trouble {
                lines.append("of these \(first.id): \(words(trouble, place, hit.contact))")
            }
        } else if place.trouble == nil {
            lines.append(
                place.before.map { "\($0) pending entries of all contacts are older\(time($0, findings))" }
                    ?? "how many pending entries are older is unknown"
            )
        }
        if !behind.isComplete {
            lines.append("not all pending entries were looked at: more may be before it (see --scan)")
        }
        return lines
    }

    private func words(_ trouble: DeliveryError, _ place: PendingPosition, _ contact: String?) -> String {
        let answer = trouble.status.map { "Loops answered \($0)" } ?? "no answer of Loops"
        let details = [masked(trouble.message, contact), trouble.requestID.map { "request ID \($0)" } ?? ""]
        let told = details.filter { !$0.isEmpty }.joined(separator: ", ")
        let message = told.isEmpty ? "" : " (\(told))"
        let ago = ShownTime.wait(seconds: max(0, Double(now) - Double(trouble.lastAt)) / 1000)
        let next: String
        if trouble.member != place.owner {
            next = "told by \(trouble.member), which does not own it any more; its owner tries it anew"
        } else if let nextAt = trouble.nextAt {
            let wait = (Double(nextAt) - Double(now)) / 1000
            next = wait < 1 ? "tried again now" : "tried again in \(ShownTime.wait(seconds: wait))"
        } else {
            next = "tried again when Loops takes requests again"
        }
        return "\(trouble.attempts) attempts so far; \(ago) ago \(answer)\(message); \(next)"
    }

    /// When it should be an entry's turn, for the end of a sentence.
    private func time(_ before: Int?, _ findings: EventSearchResult) -> String {
        if findings.pause != nil { return "; the stream is paused" }
        if findings.members == 0 { return "; no replica runs" }
        guard let seconds = seconds(before) else { return "" }
        return "; at \(rate.formattedRate) a second about \(ShownTime.wait(seconds: seconds))"
    }

    private func seconds(_ before: Int?) -> Double? { before.flatMap { rate > 0 ? Double($0) / rate : nil } }

    private func masked(_ text: String, _ contact: String?) -> String {
        showsContacts ? text : Redaction.masking(text, contact: contact)
    }

    /// What was looked at, and what that means when nothing was found.
    func summary(_ findings: EventSearchResult) -> String {
        let paused = findings.pause.map { "\(findings.stream) is paused \(ShownPause($0).words). " } ?? ""
        let looked =
            paused
            + "\(findings.looked) entries and \(findings.letters) dead letters of \(findings.stream) were looked at"
            + (findings.isLimited ? ", not all: there is more than --scan allows" : "")
        if !findings.hits.isEmpty {
            return (findings.more > 0 ? "\(findings.more) more were found, see --limit; " : "") + looked
        }
        let oldest = findings.oldest.map { id in
            "the oldest entry there is \(ShownTime.wait(seconds: Double(now - Int64(clamping: id.milliseconds)) / 1000)) old"
        }
        return """
            Nothing was found: it was never published there, or the stream lost it by trimming (\(oldest ?? "the stream is empty")). \
            \(looked)
            """
    }

    // MARK: For programs

    /// One object; what is unknown is null.
    func json(_ hit: EventLocation, _ findings: EventSearchResult) -> JSONValue {
        var object: JSONObject = [
            "stream": .string(hit.stream),
            "entry": .string(hit.id.description),
            "messageIds": .array(hit.messageIDs.map { .string($0) }),
            "contactHash": .optional(hit.contact.map(Redaction.hash)),
        ]
        if showsContacts { object["contact"] = .optional(hit.contact) }
        object["state"] = .string(hit.state.name)
        switch hit.state {
        case .noGroup: break
        case .finished:
            if case .told(let entry)? = fates[hit.id] { object["journal"] = entry }
        case .waiting(let before):
            object["before"] = .optional(before)
            object["seconds"] = seconds(before).map { .double($0) } ?? .null
        case .replayed(let copy): object["copy"] = .string(copy.description)
        case .deadLettered(let letter):
            object["letter"] = DeadLetterText(now: now, showsContacts: showsContacts).json(letter)
        case .pending(let place):
            object["consumer"] = .string(place.consumer)
            object["owner"] = .optional(place.owner)
            object["before"] = .optional(place.before)
            object["seconds"] = place.behind.count == 0 ? seconds(place.before).map { .double($0) } ?? .null : .null
            object["behind"] = .int(Int64(place.behind.count))
            object["behindEntries"] = .array(
                place.behind.first.map { entry in
                    [
                        "entry": .string(entry.id.description), "messageId": .optional(entry.messageID),
                        "trouble": json(entry.trouble, hit.contact),
                    ]
                }
            )
            object["trouble"] = json(place.trouble, hit.contact)
        }
        object["paused"] = findings.pause?.json ?? .null
        object["words"] = .string(words(hit, findings).joined(separator: "\n"))
        return .object(object)
    }

    private func json(_ trouble: DeliveryError?, _ contact: String?) -> JSONValue {
        guard let trouble else { return .null }
        return [
            "attempts": .int(Int64(trouble.attempts)), "status": .optional(trouble.status),
            "message": .string(masked(trouble.message, contact)), "lastAt": .int(trouble.lastAt),
            "nextAt": trouble.nextAt.map { .int($0) } ?? .null, "member": .string(trouble.member),
            "requestId": .optional(trouble.requestID),
        ]
    }
}

extension EventLocation.State {
    fileprivate var name: String {
        switch self {
        case .waiting: "waiting"
        case .pending: "pending"
        case .deadLettered: "deadLettered"
        case .replayed: "replayed"
        case .finished: "finished"
        case .noGroup: "noGroup"
        }
    }
}

extension Double {
    /// `10`, or `2.5`.
    fileprivate var formattedRate: String { self == rounded() && magnitude < 1e9 ? String(Int(self)) : String(self) }
}
