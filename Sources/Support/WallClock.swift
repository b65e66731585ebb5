#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time of day, for what people read: letters' dates and events' ages. No decision about order or ownership uses it.
package enum WallClock {
    package static var secondsSince1970: Double { Date.now.timeIntervalSince1970 }

    /// An instant in UTC: `2026-11-24T16:00:00Z`.
    package static func text(milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}
