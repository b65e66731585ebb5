package import JSON

/// The body of `POST /__sim/assert`: one check by name.
struct AssertionRequest: Sendable {
    private enum Check: Sendable {
        case exactlyOnce([String])
        case order(String?, markers: [String]?)
        case finalState(String, JSONObject)
        case maximumRate(Int, milliseconds: Int64)
        case overlaps
        case conflicts
    }

    private let check: Check

    init(_ body: JSONObject) throws(AdminError) {
        let name = body["check"]?.stringValue
        switch name {
        case "exactly_once":
            let keys = (body["keys"]?.arrayValue ?? []).compactMap(\.stringValue)
            guard !keys.isEmpty else { throw AdminError("exactly_once: keys are needed") }
            check = .exactlyOnce(keys)
        case "order":
            check = .order(
                body["contact"]?.stringValue,
                markers: body["markers"]?.arrayValue.map { $0.compactMap(\.stringValue) }
            )
        case "final_state":
            guard let contact = body["contact"]?.stringValue, let fields = body["fields"]?.objectValue,
                !fields.isEmpty
            else {
                throw AdminError("final_state: contact and fields are needed")
            }
            check = .finalState(contact, fields)
        case "max_rate":
            guard case .int(let count)? = body["count"] else { throw AdminError("max_rate: count is needed") }
            let window = body["window_ms"]?.doubleValue ?? 1_000
            guard window >= 1, window <= 86_400_000 else { throw AdminError("max_rate: window_ms from 1 to 86400000") }
            check = .maximumRate(Int(clamping: count), milliseconds: Int64(window))
        case "overlap":
            check = .overlaps
        case "conflicts":
            check = .conflicts
        default:
            throw AdminError("check: one of exactly_once, order, final_state, max_rate, overlap, conflicts")
        }
    }

    func verdict(on simulation: Simulation) -> Verdict {
        let judge = EffectJudge(simulation)
        switch check {
        case .exactlyOnce(let keys): return judge.exactlyOnce(keys: keys)
        case .order(let contact?, let markers?): return judge.order(contact: contact, markers: markers)
        case .order(let contact, _): return judge.order(contact: contact)
        case .maximumRate(let count, let window): return judge.maximumRate(count, inMilliseconds: window)
        case .overlaps: return judge.overlaps()
        case .conflicts: return judge.conflicts()
        case .finalState(let name, let fields):
            return simulation.state.finalState(of: name, fields, simulation.configuration.validation.emailCase)
        }
    }
}

extension SimulatorState {
    /// Whether a contact has these values now.
    package func finalState(of name: String, _ fields: JSONObject, _ emailCase: EmailCase = .fold) -> Verdict {
        var verdict = Verdict(check: "final_state")
        guard let contact = contact(name, emailCase: emailCase) else {
            verdict.fail("there is no contact \(name)")
            return verdict
        }
        let present = contact.foundBody.objectValue ?? JSONObject()
        for (key, value) in fields {
            verdict.examined += 1
            let found = present[key] ?? .null
            if found != value { verdict.fail("\(name).\(key) is \(found.jsonText), not \(value.jsonText)") }
        }
        return verdict
    }
}
