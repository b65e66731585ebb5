package import JSON
import Loops
import Segment

extension DestinationMapping {
    /// What becomes of an event as ``result(for:)`` has it, and the way there.
    package func explain(_ event: JSONValue) -> MappingExplanation {
        let trigger = trigger.explain(event)
        let result = result(for: event)
        let fields = trigger.isMatched && isEnabled ? fieldExplanations(event) : []
        return MappingExplanation(
            name: name,
            action: action,
            triggerText: self.trigger.text,
            trigger: trigger,
            fields: fields,
            omissions: isEnabled ? omissions(from: fields, result.outcome) : [],
            adjustments: isEnabled ? result.adjustments : [],
            end: isEnabled ? end(result.outcome) : .off
        )
    }

    private func end(_ outcome: MappingResult.Outcome) -> MappingExplanation.End {
        switch outcome {
        case .notMatched: .notMatched
        case .request(let request): .request(request)
        case .invalid(let faults): .faults(faults.faults.map(\.description))
        case .mappingFailed(let error): .faults(["\(error)"])
        }
    }

    /// The fields one by one, so that each shows its own failure although the first one ends the mapping.
    private func fieldExplanations(_ event: JSONValue) -> [FieldExplanation] {
        if let origin = wholeOrigin {
            guard case .object(let resolved)? = (try? mapping.resolve(event, keepsUndefinedElements: true)) ?? nil
            else { return [] }
            return resolved.map { name, value in
                FieldExplanation(
                    name: name,
                    value: value,
                    origin: .wholeMapping(origin),
                    fate: fate(of: value, in: name)
                )
            }
        }
        return (fields.objectValue ?? [:]).map { name, mapping in
            let way = ValueOrigin(of: mapping, for: event).description
            let origin: FieldExplanation.Origin = defaultedFields.contains(name) ? .defaulted(way) : .given(way)
            do {
                let resolved = try EventMapping(compiling: .object([name: mapping]))
                    .resolve(event, keepsUndefinedElements: true)
                let value = resolved?[name]
                return FieldExplanation(name: name, value: value, origin: origin, fate: fate(of: value, in: name))
            } catch {
                return FieldExplanation(name: name, value: .none, origin: origin, fate: .failed("\(error)"))
            }
        }
    }

    /// The directive that gives all fields, if one does.
    package var wholeOrigin: String? {
        guard case .object(let members) = fields else { return "the mapping" }
        if let directive = members[EventMapping.rootDirectiveKey] {
            return directive.objectValue?.keys.first ?? EventMapping.rootDirectiveKey
        }
        return members.keys.first { $0.hasPrefix("@") }
    }

    private func fate(of value: JSONValue?, in name: String) -> FieldExplanation.Fate {
        guard let value else { return .undefined }
        switch action.fate(of: value, in: name) {
        case .unknown: return .unknown
        case .empty: return .empty
        case .taken(let taken): return taken == value ? .sent : .coerced(to: taken)
        case .refused(let fault): return .refused(fault.description)
        }
    }

    /// Mailing lists that are neither on nor off, and what a deletion by ID does not need.
    private func omissions(
        from fields: [FieldExplanation],
        _ outcome: MappingResult.Outcome
    ) -> [MappingExplanation.Omission] {
        guard case .request(let request) = outcome else { return [] }
        var omissions: [MappingExplanation.Omission] = []
        for field in fields where field.fate == .sent {
            if field.name == "mailingLists", case .object(let lists)? = field.value {
                let kept = request.body["mailingLists"]?.objectValue ?? [:]
                for (list, value) in lists where kept[list] == nil {
                    omissions.append(
                        .init(
                            path: "/mailingLists/\(JSONPointer.escaped(list))",
                            value: value,
                            reason: "neither true nor false"
                        )
                    )
                }
            }
            if request.operation.traits.requiredIdentity == .userIDOrEmail, request.body[field.name] == nil,
                let value = field.value
            {
                omissions.append(.init(path: "/\(field.name)", value: value, reason: "the userId says who"))
            }
        }
        return omissions
    }
}
