import JSON
import Loops

/// What becomes of one subscription: a mapping of ours, as it stands in a mappings file, and what its reader should know.
struct SubscriptionConversion {
    /// Nil when the subscription is none of Loops.
    private(set) var mapping: JSONObject?
    /// Why it cannot be used as it is; the mapping is written as a comment then.
    private(set) var faults: [String] = []
    /// What is different, or was guessed, one sentence each.
    private(set) var notes: [String] = []

    /// - Parameter name: of no other mapping.
    init(_ subscription: SegmentSubscription, name: String) {
        guard let action = action(of: subscription) else { return }
        faults = subscription.faults
        var object: JSONObject = ["name": .string(name)]
        if !subscription.isEnabled { object["enabled"] = false }
        object["action"] = .string(action.rawValue)
        if let trigger = subscription.trigger {
            object["trigger"] = .string(trigger)
        } else {
            faults.append("it has no trigger, so Segment sends nothing for it")
        }
        if let settings = subscription.settings {
            object["useDefaults"] = false
            object["mapping"] = known(settings, of: action)
        } else if subscription.faults.isEmpty {
            notes.append("the file has no fields of it: the action's own are taken; compare them with Segment's page")
        }
        if let model = subscription.model {
            faults.append(
                "it is of reverse ETL (model \(model)): it takes rows of a warehouse, which are not in the stream"
            )
        }
        mapping = object
        check(object)
    }

    /// The action by its name, or by the fields that are set where only its ID is known.
    private mutating func action(of subscription: SegmentSubscription) -> LoopsAction? {
        if let slug = subscription.action {
            if let action = LoopsAction(rawValue: slug) { return action }
            notes.append("'\(slug)' is not an action of Loops: left out")
            return nil
        }
        let fields = subscription.settings?.objectValue?.keys.filter { !Self.batching.contains($0) } ?? []
        let candidates = [LoopsAction.sendEvent, .createOrUpdateContact].filter { action in
            let known = action.traits.fields.map(\.name)
            let required = action.traits.fields.filter(\.isRequired).map(\.name)
            return fields.allSatisfy(known.contains) && required.allSatisfy(fields.contains)
        }
        let id = subscription.actionID ?? "none"
        guard let action = candidates.first else {
            notes.append("its action (ID \(id)) is none of Loops by the fields that it sets: left out")
            return nil
        }
        notes.append("the action is \(action.rawValue) by the fields that are set: the file has its ID only (\(id))")
        return action
    }

    /// What Segment adds to the settings of any action.
    private static let batching = ["enable_batching", "batch_size", "batch_bytes", "batch_keys"]

    /// Without what Segment drops before it sends.
    private mutating func known(_ settings: JSONValue, of action: LoopsAction) -> JSONValue {
        guard case .object(var object) = settings else {
            faults.append("its settings are no object")
            return settings
        }
        // A directive in place of the fields gives them all.
        guard !object.contains(where: { $0.key.hasPrefix("@") }) else { return settings }
        let fields = action.traits.fields.map(\.name)
        for name in object.keys where !fields.contains(name) {
            object[name] = nil
            notes.append("'\(name)' is not a field of \(action.rawValue): left out, as Segment drops it")
        }
        return .object(object)
    }

    /// By the reader of mappings files itself, from the text that will be written: what it refuses, or reads as something else, cannot be in a file.
    private mutating func check(_ object: JSONObject) {
        let text = "mappings:\n" + YAMLText.element(object, indentation: 2)
        let document: MappingsDocument
        do throws(MappingsFileFaults.Fault) {
            document = try MappingsDocument(bytes: Array(text.utf8))
        } catch {
            faults.append("it cannot be written in YAML: \(error.reason)")
            return
        }
        guard document.root.isNumericallyEqual(to: ["mappings": [.object(object)]]) else {
            faults.append("it cannot be written in YAML without a change of its values")
            return
        }
        var reader = MappingsFileReader(document)
        _ = reader.mappings()
        faults += reader.faults.map { Self.relative($0.path, $0.reason) }
        // Their lines are those of a text that nobody has.
        notes += reader.warnings.map { $0.drop { $0 != "/" }.dropFirst("/mappings/0/".count) }.map(String.init)
    }

    /// For a reason of those who put mappings together.
    mutating func refuse(_ reason: String) { faults.append(reason) }

    private static func relative(_ path: String, _ reason: String) -> String {
        let path = path.dropFirst("/mappings/0/".count)
        return path.isEmpty ? reason : "\(path): \(reason)"
    }
}
