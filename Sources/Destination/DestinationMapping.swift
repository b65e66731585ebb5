import Crypto
package import JSON
package import Loops
package import Segment
import Support

/// One mapping of a destination: for which events, which action, and where its fields come from.
///
/// Never changes. A class, since each event is held against every mapping: to copy one took longer than to find that it does not match.
package final class DestinationMapping: Sendable {
    package let name: String
    package let isEnabled: Bool
    package let action: LoopsAction
    /// Higher first when mappings compete for the request budget.
    package let priority: Int
    /// How old an event may be when its request is sent, by its own timestamp; nil for any age.
    package let maxAge: Duration?
    /// What becomes of one that is older.
    package let latePolicy: LatePolicy
    /// The fields in Segment's mapping language, defaults included.
    package let fields: JSONValue
    package let options: ContentOptions
    /// The fields whose mapping is the action's own.
    let defaultedFields: Set<String>
    /// Tells it from others of its name: the same wherever the same events become the same requests.
    package let digest: String
    let trigger: Trigger
    let mapping: EventMapping

    /// - Parameters:
    ///   - trigger: in Segment's filter query language; the action's own if nil.
    ///   - fields: the mapping; the action's own if nil.
    ///   - priority: the action's own if nil, as is `maxAge`.
    ///   - usesDefaults: whether the action's defaults fill the fields that `fields` leaves out.
    /// - Throws: ``DestinationError`` with what is wrong first; a mappings file reports all of it.
    package init(
        name: String,
        action: LoopsAction,
        trigger: String? = nil,
        fields: JSONValue? = nil,
        usesDefaults: Bool = false,
        isEnabled: Bool = true,
        priority: Int? = nil,
        maxAge: Duration? = nil,
        latePolicy: LatePolicy = .deadLetter,
        options: ContentOptions = ContentOptions()
    ) throws(DestinationError) {
        let traits = action.traits
        guard let trigger = trigger ?? traits.defaultTrigger else { throw .noTrigger(action) }
        var filled = fields ?? .object(traits.defaultMapping)
        var defaulted = Set(traits.defaultMapping.keys)
        if case .object(let given)? = fields {
            if usesDefaults { filled = .object(Self.filling(given, for: traits)) }
            defaulted = usesDefaults ? defaulted.subtracting(given.keys) : []
        } else if fields != nil {
            defaulted = []
        }
        do throws(TriggerError) {
            self.trigger = try Trigger(parsing: trigger)
        } catch {
            throw .trigger(error)
        }
        do throws(MappingErrors) {
            self.mapping = try EventMapping(compiling: filled)
        } catch {
            throw .mapping(error)
        }
        self.name = name
        self.isEnabled = isEnabled
        self.action = action
        self.priority = priority ?? traits.defaultPriority
        self.maxAge = maxAge ?? traits.defaultMaxAge
        self.latePolicy = latePolicy
        self.fields = filled
        self.options = options
        self.defaultedFields = defaulted
        digest = Self.digest([
            action.rawValue, self.trigger.text, filled.jsonText, "\(self.maxAge as Any) \(latePolicy)",
            "\(options.nested) \(options.longText) \(options.dropsReservedNames)",
            options.allowedProperties.map { $0.sorted().joined(separator: "\n") } ?? "all",
        ])
    }

    private static func digest(_ parts: [String]) -> String {
        SHA256.hash(data: Array(parts.joined(separator: "\0").utf8)).prefix(8).hexadecimal
    }

    /// Its trigger, in Segment's filter query language.
    package var triggerText: String { trigger.text }

    /// What becomes of an event.
    package func result(for event: JSONValue) -> MappingResult {
        let outcome = outcome(for: event)
        guard case .request(let request) = outcome, !options.isOff else { return result(outcome) }
        let (adjusted, adjustments) = options.apply(to: request)
        return result(.request(adjusted), adjustments)
    }

    private func result(_ outcome: MappingResult.Outcome, _ adjustments: [Adjustment] = []) -> MappingResult {
        MappingResult(
            mapping: name,
            priority: priority,
            maxAge: maxAge,
            latePolicy: latePolicy,
            outcome: outcome,
            adjustments: adjustments
        )
    }

    private func outcome(for event: JSONValue) -> MappingResult.Outcome {
        guard trigger.matches(event) else { return .notMatched }
        do throws(MappingError) {
            guard case .object(let resolved)? = try mapping.resolve(event, keepsUndefinedElements: true) else {
                let fault = FieldError(path: "", keyword: .type, params: ["type": "object"])
                return .invalid(FieldErrors(faults: [fault]))
            }
            return request(from: resolved)
        } catch {
            return .mappingFailed(error)
        }
    }

    private func request(from resolved: JSONObject) -> MappingResult.Outcome {
        do throws(FieldErrors) {
            return .request(try action.request(from: resolved))
        } catch {
            return .invalid(error)
        }
    }

    private static func filling(_ given: JSONObject, for action: ActionTraits) -> JSONObject {
        var fields = given
        for (name, value) in action.defaultMapping where fields[name] == nil { fields[name] = value }
        return fields
    }
}

/// What one mapping makes of one event.
package struct MappingResult: Sendable {
    package enum Outcome: Sendable {
        /// The trigger does not match.
        case notMatched
        case request(LoopsRequest)
        /// The fields do not pass the action's validation.
        case invalid(FieldErrors)
        /// The mapping met something that it cannot work with.
        case mappingFailed(MappingError)
    }

    /// The name of the mapping.
    package let mapping: String
    package let priority: Int
    /// How old the event may be when its request is sent, and what becomes of it then; nil for any age.
    package let maxAge: Duration?
    package let latePolicy: LatePolicy
    package let outcome: Outcome
    /// What the mapping's options changed in the request.
    package let adjustments: [Adjustment]
}

/// What becomes of an event that waited longer than its mapping allows.
package enum LatePolicy: String, Sendable, CaseIterable {
    /// Its request is left out, and counted.
    case expire
    /// It goes to the dead-letter stream.
    case deadLetter
    /// It is sent all the same.
    case send
}
