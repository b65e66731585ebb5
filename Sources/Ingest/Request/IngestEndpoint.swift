/// What a request asks for, by its method and its path. Segment's paths and RudderStack's; a slash at the end changes nothing.
package enum IngestEndpoint: Sendable, Equatable {
    /// Segment reserves some paths for servers and others for devices, so the path says who sends.
    package enum Sender: String, Sendable, CaseIterable {
        case server
        case device
    }

    /// Several events: `{"batch":[…]}`.
    case batch(Sender)
    /// One event, of this type.
    case single(type: String, Sender)
    /// An SDK's measurements of itself. Accepted and thrown away.
    case telemetry
    /// What an SDK asks before it sends: the host, and how to retry.
    case settings(key: String)
    /// An event in the query of an image's address.
    case pixel(type: String)
    /// A batch as a browser sends it while its page is closed; the key is in the query.
    case beacon
    /// Loops' webhooks.
    case loopsWebhook
    case health
    /// What a browser asks before it sends to another origin.
    case preflight
    /// A path of ours under another method.
    case wrongMethod(allowed: String)
    case unknown

    /// - Parameter path: without the query, still percent-encoded.
    package init(method: String, path: String) {
        // A path of slashes alone is the root. A host with a slash at its end makes two at the beginning.
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let known = Self.endpoint(parts)
        switch (method, known) {
        case (_, .unknown): self = .unknown
        case ("OPTIONS", _): self = .preflight
        case ("GET", .settings), ("GET", .pixel), ("GET", .health), ("HEAD", .health): self = known
        case (_, .settings), (_, .pixel), (_, .health): self = .wrongMethod(allowed: "GET")
        case ("POST", _): self = known
        default: self = .wrongMethod(allowed: "POST")
        }
    }

    /// Who sends, where an endpoint takes events.
    package var sender: Sender? {
        switch self {
        case .batch(let sender), .single(_, let sender): sender
        case .pixel, .beacon: .device
        case .telemetry, .settings, .loopsWebhook, .health, .preflight, .wrongMethod, .unknown: nil
        }
    }

    /// For metrics and logs: a closed set.
    package var label: String {
        switch self {
        case .batch(.server): "batch"
        case .batch(.device): "batch_device"
        case .single(_, .server): "single"
        case .single(_, .device): "single_device"
        case .telemetry: "telemetry"
        case .settings: "settings"
        case .pixel: "pixel"
        case .beacon: "beacon"
        case .loopsWebhook: "loops_webhook"
        case .health: "health"
        case .preflight: "preflight"
        case .wrongMethod: "wrong_method"
        case .unknown: "unknown"
        }
    }

    package static let labels = [
        "batch", "batch_device", "single", "single_device", "telemetry", "settings", "pixel", "beacon", "loops_webhook",
        "health", "preflight", "wrong_method", "unknown",
    ]

    private static let types = ["identify", "track", "page", "screen", "group", "alias"]

    private static func endpoint(_ parts: [String]) -> IngestEndpoint {
        switch parts.count {
        case 0: .health
        case 1: ["health", "version"].contains(parts[0]) ? .health : .unknown
        case 2 where parts[0] == "v1": versioned(parts[1])
        case 3 where parts[0] == "v1" && parts[1] == "pixel":
            types.contains(parts[2]) ? .pixel(type: parts[2]) : .unknown
        // RudderStack's.
        case 3 where parts[0] == "pixel" && parts[1] == "v1":
            types.contains(parts[2]) ? .pixel(type: parts[2]) : .unknown
        case 3 where parts == ["beacon", "v1", "batch"]: .beacon
        case 3 where parts == ["v1", "loops", "webhook"]: .loopsWebhook
        case 4 where parts[0] == "v1" && parts[1] == "projects" && parts[3] == "settings": .settings(key: parts[2])
        default: .unknown
        }
    }

    private static func versioned(_ name: String) -> IngestEndpoint {
        switch name {
        case "batch", "import": .batch(.server)
        case "b": .batch(.device)
        case "m": .telemetry
        case "t": .single(type: "track", .device)
        case "i": .single(type: "identify", .device)
        case "p": .single(type: "page", .device)
        case "g": .single(type: "group", .device)
        case "a": .single(type: "alias", .device)
        case "s": .single(type: "screen", .device)
        default: types.contains(name) ? .single(type: name, .server) : .unknown
        }
    }
}
