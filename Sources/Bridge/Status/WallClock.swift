#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time of day, for what people read: letters' dates and events' ages. No decision about order or ownership uses it.
enum WallClock {
    static var secondsSince1970: Double { Date.now.timeIntervalSince1970 }
}
