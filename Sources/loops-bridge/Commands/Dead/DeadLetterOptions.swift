import ArgumentParser
import Bridge
import BridgeService
import Operations
import RedisStreams
import StreamGroups
import Support

/// Which dead letters are meant. Filters narrow each other; a repeated one widens itself.
struct DeadLetterOptions: ParsableArguments {
    @Option(help: "Letters of this stream only, one of BRIDGE_STREAMS. May be repeated.") var stream: [String] = []
    @Option(help: "Letters with this reason. May be repeated.", completion: .list(ReasonName.allValueStrings))
    var reason: [ReasonName] = []
    @Option(help: "Letters of this mapping, by its name. May be repeated.") var mapping: [String] = []
    @Option(help: "Letters of this contact, by its key as it is (user ID, address, …).") var contact: String?
    @Option(help: "Letters older than this: 90s, 5m, 6h, 2d.", transform: Span.init(typed:)) var olderThan: Span?
    @Option(help: "Letters newer than this: 90s, 5m, 6h, 2d.", transform: Span.init(typed:)) var newerThan: Span?
    @Option(help: .init("The letter with this ID. May be repeated.", valueName: "id")) var id: [DeadLetterID] = []

    var filter: DeadLetterFilter {
        var filter = DeadLetterFilter()
        filter.ids = Set(id.map(\.value))
        filter.streams = Set(stream)
        filter.reasons = Set(reason.map(\.value.rawValue))
        filter.mappings = Set(mapping)
        filter.contact = contact
        filter.olderThan = olderThan?.value
        filter.newerThan = newerThan?.value
        return filter
    }
}

/// A reason by its name.
struct ReasonName: ExpressibleByArgument {
    static let allValueStrings = DeadLetterReason.allCases.map(\.rawValue)
    let value: DeadLetterReason

    init?(argument: String) {
        guard let value = DeadLetterReason(rawValue: argument) else { return nil }
        self.value = value
    }
}

/// A time with its unit, as settings have it.
struct Span {
    let value: Duration

    init(typed: String) throws {
        if let value = Duration(withUnit: typed) {
            self.value = value
        } else if !typed.isEmpty, typed.allSatisfy(\.isNumber) {
            throw ValidationError("a time needs a unit: \(typed)s, \(typed)m, \(typed)h or \(typed)d")
        } else {
            throw ValidationError("a time is \(Setting.Shape.duration.description)")
        }
    }
}

/// The ID of a letter in its dead-letter stream.
struct DeadLetterID: ExpressibleByArgument {
    let value: StreamID

    init?(argument: String) {
        guard let value = StreamID(argument) else { return nil }
        self.value = value
    }
}
