import JSON

/// What the simulator says about itself, so that nobody takes a green run for more than it is.
extension SimulatorConfiguration {
    /// Lines to print at the start: every unverified setting in force, with its value.
    package var banner: String {
        var lines = [
            "Loops simulator: a stand-in, not Loops. It sends no mail and evaluates no workflow.",
            "None of these is known to match Loops:",
        ]
        for setting in SimulatorSetting.unverified(in: self) {
            lines.append("  \(setting.name) = \(setting.read(self).jsonText) (\(setting.evidence.rawValue))")
        }
        if !faults.isEmpty {
            lines.append("Faults in force: " + faults.map(\.name).joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}
