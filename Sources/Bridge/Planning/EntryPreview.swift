package import Destination
import Loops
package import RedisStreams
import Segment
import StreamGroups
import Support

/// What a bridge would make of an entry, told before anybody publishes it.
package struct EntryPreview: Sendable {
    package enum Fate: Sendable, Equatable {
        /// Requests go out for it.
        case delivered([Request])
        case ignored(why: String)
        /// Some of it may be delivered before.
        case deadLettered(why: String)
    }

    /// What would go to Loops, without its contents.
    package struct Request: Sendable, Equatable, CustomStringConvertible {
        package let method: String
        package let path: String
        package let mapping: String

        package init(method: String, path: String, mapping: String) {
            self.method = method
            self.path = path
            self.mapping = mapping
        }

        package var description: String { "\(method) \(path) by \(mapping)" }
    }

    private let planner: EntryPlanner
    private let integrationName: String

    /// - Parameter configuration: of the bridge that would read it.
    package init(_ configuration: BridgeConfiguration, destination: Destination) {
        planner = EntryPlanner(
            rules: CurrentDestination(destination),
            streams: [""],
            contactPaths: configuration.contactPaths,
            integrationName: configuration.integrationName
        )
        integrationName = configuration.integrationName
    }

    package func fate(of fields: [StreamField]) -> Fate {
        let planned = planner.plan(StreamEntry(id: .zero, fields: fields), stream: 0, partition: 0, size: 0)
        if let fault = planned.faults.first {
            return .deadLettered(why: fault.mapping.map { "\($0): \(fault.detail)" } ?? fault.detail)
        }
        if !planned.steps.isEmpty {
            return .delivered(
                planned.steps.map { Request(method: $0.call.method, path: $0.call.path, mapping: $0.mapping) }
            )
        }
        return .ignored(why: reason(planner.decoder.decode(fields).events))
    }

    /// Why nothing is sent for events with which nothing is wrong.
    private func reason(_ events: [SegmentEvent]) -> String {
        guard let event = events.first(where: { !planner.integrations.skips($0) }) else {
            return "its integrations switch \"\(integrationName)\" off"
        }
        let nothing = "no mapping takes this event of type '\(event.type)'"
        let meant = NearestMatch.nearest(to: event.type, in: Self.types)
        return nothing + (meant.flatMap { $0 == event.type ? nil : "; did you mean '\($0)'?" } ?? "")
    }

    /// Segment's own.
    private static let types = ["identify", "track", "page", "screen", "group", "alias", "delete"]
}
