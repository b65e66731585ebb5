import JSON

/// Questions to Loops about the team. Each is one request and counts against the rate limit.
extension LoopsClient {
    /// All contact properties, those that every team has among them.
    package func contactProperties() async throws(LoopsAccountError) -> [String: LoopsAccount.PropertyType?] {
        var properties: [String: LoopsAccount.PropertyType?] = [:]
        for property in try await list("contacts/properties") {
            guard let key = property["key"]?.stringValue else { continue }
            let type = property["type"]?.stringValue.flatMap(LoopsAccount.PropertyType.init(rawValue:))
            properties.updateValue(type, forKey: key)
        }
        return properties
    }

    /// The names of all mailing lists by their IDs.
    package func mailingLists() async throws(LoopsAccountError) -> [String: String] {
        var lists: [String: String] = [:]
        for list in try await list("lists") {
            if let id = list["id"]?.stringValue { lists[id] = list["name"]?.stringValue ?? "" }
        }
        return lists
    }

    /// Makes a contact property. It cannot be taken back by the API.
    package func createProperty(_ name: String, _ type: LoopsAccount.PropertyType) async -> LoopsResponse {
        let body: JSONValue = ["name": .string(name), "type": .string(type.rawValue)]
        return await post("contacts/properties", body.serialized())
    }

    private func list(_ path: String) async throws(LoopsAccountError) -> [JSONValue] {
        let (response, body) = await get(path)
        guard response.outcome.isDelivered, let elements = (try? JSONParser.parse(body))?.arrayValue else {
            throw LoopsAccountError(path: path, response: response)
        }
        return elements
    }
}
