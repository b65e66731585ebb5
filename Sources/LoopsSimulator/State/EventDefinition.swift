/// An event that the account knows, made by hand or by the first request that named it.
public struct EventDefinition: Sendable, Equatable {
    public var name: String
    public var properties: [String: ContactProperty.Kind]

    public init(name: String, properties: [String: ContactProperty.Kind] = [:]) {
        self.name = name
        self.properties = properties
    }
}
