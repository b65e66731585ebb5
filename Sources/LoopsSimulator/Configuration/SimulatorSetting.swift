package import JSON

/// One setting by name: how `/__sim/config`, the profiles and the banner see it.
package struct SimulatorSetting: Sendable {
    /// What is known about how Loops behaves here.
    package enum Evidence: String, Sendable {
        case documented
        /// A reading of the documents or of users' reports.
        case inferred
        /// Nothing was found.
        case unknown
        /// A matter of the simulator, not of Loops.
        case own
    }

    package let name: String
    package let evidence: Evidence
    /// The words it takes, when it takes only some.
    package let allowed: [String]
    let read: @Sendable (SimulatorConfiguration) -> JSONValue
    let write: @Sendable (inout SimulatorConfiguration, JSONValue) -> Bool

    /// The settings that are in force and not known to match Loops.
    package static func unverified(in configuration: SimulatorConfiguration) -> [SimulatorSetting] {
        all.filter { $0.evidence == .unknown || $0.evidence == .inferred }
    }

    /// All values by name.
    package static func values(of configuration: SimulatorConfiguration) -> JSONObject {
        JSONObject(all.map { ($0.name, $0.read(configuration)) })
    }

    /// Applies values by name: all of them, or none and every fault at once.
    package static func apply(
        _ values: JSONObject,
        to configuration: inout SimulatorConfiguration
    ) throws(SettingFaults) {
        var changed = configuration
        var faults: [String] = []
        for (name, value) in values {
            guard let setting = all.first(where: { $0.name == name }) else {
                faults.append("\(name): there is no such setting")
                continue
            }
            if !setting.write(&changed, value) {
                let expected =
                    setting.allowed.isEmpty ? "another type or range" : setting.allowed.joined(separator: ", ")
                faults.append("\(name): \(value.jsonText) is not allowed; allowed: \(expected)")
            }
        }
        guard faults.isEmpty else { throw SettingFaults(faults: faults) }
        configuration = changed
    }
}

/// Settings that could not be applied; nothing was changed.
package struct SettingFaults: Error, Equatable, CustomStringConvertible {
    package let faults: [String]

    package var description: String { faults.joined(separator: "; ") }
}

extension SimulatorSetting {
    static func choice<Choice: SettingChoice>(
        _ name: String,
        _ path: any WritableKeyPath<SimulatorConfiguration, Choice> & Sendable,
        _ evidence: Evidence
    ) -> SimulatorSetting {
        SimulatorSetting(
            name: name,
            evidence: evidence,
            allowed: Choice.allCases.map(\.rawValue),
            read: { .string($0[keyPath: path].rawValue) },
            write: { configuration, value in
                guard let choice = value.stringValue.flatMap(Choice.init(rawValue:)) else { return false }
                configuration[keyPath: path] = choice
                return true
            }
        )
    }

    static func number(
        _ name: String,
        _ path: any WritableKeyPath<SimulatorConfiguration, Int> & Sendable,
        _ range: ClosedRange<Int>,
        _ evidence: Evidence
    ) -> SimulatorSetting {
        SimulatorSetting(
            name: name,
            evidence: evidence,
            allowed: ["\(range.lowerBound) to \(range.upperBound)"],
            read: { .int(Int64($0[keyPath: path])) },
            write: { configuration, value in
                guard case .int(let number) = value, let number = Int(exactly: number), range.contains(number) else {
                    return false
                }
                configuration[keyPath: path] = number
                return true
            }
        )
    }

    static func flag(
        _ name: String,
        _ path: any WritableKeyPath<SimulatorConfiguration, Bool> & Sendable,
        _ evidence: Evidence
    ) -> SimulatorSetting {
        SimulatorSetting(
            name: name,
            evidence: evidence,
            allowed: ["true", "false"],
            read: { .bool($0[keyPath: path]) },
            write: { configuration, value in
                guard let flag = value.boolValue else { return false }
                configuration[keyPath: path] = flag
                return true
            }
        )
    }
}
