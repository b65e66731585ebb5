import JSON

/// The subscriptions of a file, whichever of Segment's forms it has.
struct SubscriptionFile {
    private(set) var subscriptions: [SegmentSubscription] = []
    /// Words for the form.
    private(set) var form = ""
    /// What is to be known of the file as a whole, one sentence each.
    private(set) var notes: [String] = []

    private static let resource = "segment_destination_subscription"
    /// Terraform's resources that change what reaches a destination.
    private static let others = ["segment_destination_filter", "segment_insert_function_instance"]

    /// - Throws: why nothing can be read.
    init(_ root: JSONValue) throws(MappingsFileFaults.Fault) {
        let isWrapped = root["data"]?.objectValue?["subscriptions"]?.arrayValue != nil
        let answer = isWrapped ? root["data"] : root
        if let list = answer?["subscriptions"] {
            form = "Segment's Public API"
            read(list, at: isWrapped ? "/data/subscriptions" : "/subscriptions") { .init($0, at: $1) }
            if let next = answer?["pagination"]?["next"], !next.isNull {
                notes.append(
                    "the answer is one page of several (pagination.next): get the others too, with pagination.count=200"
                )
            }
        } else if let resources = root["resources"]?.arrayValue {
            form = "Terraform's state"
            for resource in resources { state(resource) }
        } else if let module = root["values"]?["root_module"] {
            form = "'terraform show -json'"
            show(module)
        } else if let resources = root["resource"]?.objectValue {
            form = "Terraform's configuration in JSON"
            configuration(resources)
        } else if let list = root.arrayValue ?? root["mappings"]?.arrayValue {
            form = "the workspace's export"
            read(.array(list), at: root.arrayValue == nil ? "/mappings" : "") { .init(export: $0, at: $1) }
        } else {
            throw MappingsFileFaults.Fault(line: 1, path: "", reason: Self.unknown)
        }
        if subscriptions.isEmpty {
            throw MappingsFileFaults.Fault(line: 1, path: "", reason: "there are no subscriptions in \(form)")
        }
    }

    private static let unknown =
        "is none of: the answer of the Public API to GET /destinations/ID/subscriptions (data.subscriptions), Terraform's state, what "
        + "'terraform show -json' prints, a .tf.json file (resource.\(resource)), the workspace's export (partnerAction, subscribe, mapping)"

    private mutating func read(
        _ list: JSONValue,
        at path: String,
        _ make: (JSONObject, String) -> SegmentSubscription
    ) {
        for (index, element) in (list.arrayValue ?? []).enumerated() {
            if let object = element.objectValue {
                subscriptions.append(make(object, "\(path)/\(index)"))
            } else {
                notes.append("\(path)/\(index) is no object, and left out")
            }
        }
    }

    private mutating func state(_ resource: JSONValue) {
        let type = resource["type"]?.stringValue ?? ""
        let module = resource["module"]?.stringValue.map { $0 + "." } ?? ""
        let address = module + type + "." + (resource["name"]?.stringValue ?? "?")
        for instance in resource["instances"]?.arrayValue ?? [] {
            guard let attributes = instance["attributes"]?.objectValue else { continue }
            let key = instance["index_key"].map { "[\($0.jsonText)]" } ?? ""
            take(type, attributes, at: address + key)
        }
    }

    private mutating func show(_ module: JSONValue) {
        for resource in module["resources"]?.arrayValue ?? [] {
            guard let values = resource["values"]?.objectValue else { continue }
            take(
                resource["type"]?.stringValue ?? "",
                values,
                at: resource["address"]?.stringValue ?? resource["name"]?.stringValue ?? "?"
            )
        }
        // As deep as the document, which is bounded.
        for child in module["child_modules"]?.arrayValue ?? [] { show(child) }
    }

    private mutating func configuration(_ resources: JSONObject) {
        for (type, named) in resources {
            for (name, value) in named.objectValue ?? [:] {
                for object in value.arrayValue ?? [value] {
                    if let object = object.objectValue { take(type, object, at: "\(type).\(name)") }
                }
            }
        }
    }

    private mutating func take(_ type: String, _ object: JSONObject, at place: String) {
        if type == Self.resource {
            subscriptions.append(SegmentSubscription(object, at: place))
        } else if Self.others.contains(type) {
            notes.append(
                "\(place) changes what reaches a destination, and is not imported: put it into the triggers, or into the producers"
            )
        }
    }
}
