import JSON

/// A subscription of a destination in Segment, in whatever form a file has it: a mapping, before anybody has looked at what it says.
struct SegmentSubscription: Equatable {
    /// Where it stands: a JSON pointer, or Terraform's address.
    var place: String
    var name: String?
    /// The action by its name; Terraform has an ID only.
    var action: String?
    var actionID: String?
    var destination: String?
    var trigger: String?
    /// The mapping; nil where the file has none.
    var settings: JSONValue?
    var isEnabled = true
    /// Of reverse ETL: it takes rows of a warehouse, not events.
    var model: String?
    /// What could not be read of it, one sentence each.
    var faults: [String] = []
}

extension SegmentSubscription {
    /// As the Public API and Terraform have it.
    init(_ object: JSONObject, at place: String) {
        self.place = place
        name = Self.text(object, "name")
        action = Self.text(object, "actionSlug", "action_slug")
        actionID = Self.text(object, "actionId", "action_id")
        destination = Self.text(object, "destinationId", "destination_id")
        trigger = text(object, "trigger")
        model = Self.text(object, "modelId", "model_id")
        readEnabled(object["enabled"])
        readSettings(object["settings"])
    }

    /// As the workspace's export has it.
    init(export object: JSONObject, at place: String) {
        self.place = place
        name = Self.text(object, "name")
        action = Self.text(object, "partnerAction")
        trigger = text(object, "subscribe")
        readEnabled(object["enabled"])
        readSettings(object["mapping"])
    }

    private static func text(_ object: JSONObject, _ names: String...) -> String? {
        names.lazy.compactMap { object[$0]?.stringValue }.first { !$0.isEmpty }
    }

    private mutating func text(_ object: JSONObject, _ name: String) -> String? {
        guard let text = object[name]?.stringValue, !text.isEmpty else { return nil }
        if Self.isExpression(text) { faults.append(Self.expression(name)) }
        return text
    }

    private mutating func readEnabled(_ value: JSONValue?) {
        switch value {
        case .bool(let flag)?: isEnabled = flag
        case .null?, nil: break
        default: faults.append(Self.expression("enabled"))
        }
    }

    private mutating func readSettings(_ value: JSONValue?) {
        switch value {
        case .object?: settings = value
        case .string(let text)?:
            // Terraform keeps it as a text that holds JSON.
            do throws(JSONError) {
                settings = try JSONParser.parse(text, limits: SubscriptionImport.limits)
            } catch {
                faults.append(
                    Self.isExpression(text)
                        ? Self.expression("settings") : "its settings are a text that is not JSON: \(error.reason)"
                )
            }
        case .null?, nil: break
        default: faults.append("its settings are no object")
        }
    }

    private static func isExpression(_ text: String) -> Bool { text.utf8.starts(with: "${".utf8) }

    private static func expression(_ name: String) -> String {
        "its '\(name)' is an expression that only Terraform can work out: import the state, as 'terraform show -json' prints it"
    }
}
