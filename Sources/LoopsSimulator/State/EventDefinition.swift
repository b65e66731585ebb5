/// An event that the account knows, made by hand or by the first request that named it.
package struct EventDefinition: Sendable, Equatable {
    package var name: String
    package var properties: [String: ContactProperty.Kind]

    package init(name: String, properties: [String: ContactProperty.Kind] = [:]) {
        self.name = name
        self.properties = properties
    }
}
