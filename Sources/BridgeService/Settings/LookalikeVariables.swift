import Segment
import Support

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Environment variables that look like settings and are none: misspelt, they would be ignored in silence.
package enum LookalikeVariables {
    package struct Finding: Equatable {
        package let name: String
        /// The variable that was probably meant.
        package let meant: String

        var description: String { "\(name) is no setting and is ignored; did you mean \(meant)?" }
    }

    /// Whose names begin so are meant for us.
    private static let ownPrefixes = ["BRIDGE_", "LOOPS_"]
    /// Edits between a variable that may be another program's and a setting of ours, at the most.
    private static let maxEditsOfOthers = 2

    /// - Returns: by name.
    package static func find(in environment: [String: String]) -> [Finding] {
        let known = Setting.all.map(\.environment) + [SettingsFile.environment]
        return environment.filter { !$0.value.isEmpty }.keys.sorted().compactMap { name in
            guard !known.contains(name), !isForeign(name), let meant = meant(name, known) else { return nil }
            return Finding(name: name, meant: meant)
        }
    }

    private static func meant(_ name: String, _ known: [String]) -> String? {
        guard ownPrefixes.contains(where: { name.hasPrefix($0) }) else {
            return NearestMatch.nearest(to: name, in: known, atMost: maxEditsOfOthers)
        }
        if let nearest = NearestMatch.nearest(to: name, in: known) { return nearest }
        // A part of a name, or more than the name: BRIDGE_PARTITION_COUNT.
        return known.filter { name.hasPrefix($0 + "_") || $0.hasPrefix(name + "_") }.max { $0.count < $1.count }
    }

    /// What Kubernetes sets for services, whatever they are called, and what is this program's own in its tests.
    private static func isForeign(_ name: String) -> Bool {
        name.hasPrefix("LOOPS_BRIDGE_") || name.contains("_SERVICE_")
            || name.contains(/_PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/) && name != "HTTP_PORT"
                && ownPrefixes.contains { name.hasPrefix($0) }
    }
}

extension CommandInput {
    /// Tells of variables that are ignored though they look like ours.
    package static func warnOfVariables() {
        for finding in LookalikeVariables.find(in: ProcessInfo.processInfo.environment) {
            Terminal.printError("warning: \(finding.description)")
        }
    }
}
