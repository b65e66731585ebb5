/// Writes families as text. The same families always give the same text.
package struct Exposition {
    private let format: Format
    private var output = ""

    private init(format: Format) { self.format = format }

    static func text(_ families: [FamilySnapshot], format: Format) -> String {
        var exposition = Exposition(format: format)
        for family in families { exposition.write(family) }
        if format == .openMetrics { exposition.output += "# EOF\n" }
        return exposition.output
    }

    private mutating func write(_ family: FamilySnapshot) {
        let sampleName = family.kind == .counter ? family.name + "_total" : family.name
        let familyName = format == .text ? sampleName : family.name
        if let help = family.help { output += "# HELP \(familyName) \(escapedHelp(help))\n" }
        output += "# TYPE \(familyName) \(family.kind.rawValue)\n"
        if format == .openMetrics, let unit = Self.unit(of: familyName) { output += "# UNIT \(familyName) \(unit)\n" }
        for series in family.series {
            let labels = zip(family.labelNames, series.labelValues).map { "\($0)=\"\(Self.escaped($1))\"" }
            switch series.value {
            case .number(let value): write(sampleName, labels, Self.number(value))
            case .histogram(let bounds, let state): write(family.name, labels, bounds: bounds, state)
            }
        }
    }

    private mutating func write(
        _ name: String,
        _ labels: [String],
        bounds: [Double],
        _ state: HistogramSeries.State
    ) {
        var cumulative: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            cumulative += count
            write(name + "_bucket", labels + ["le=\"\(bucketBound(bound))\""], "\(cumulative)")
        }
        write(name + "_sum", labels, Self.number(state.sum))
        write(name + "_count", labels, "\(cumulative)")
    }

    private mutating func write(_ name: String, _ labels: [String], _ value: String) {
        output += name
        if !labels.isEmpty { output += "{\(labels.joined(separator: ","))}" }
        output += " \(value)\n"
    }

    /// OpenMetrics wants the unit of a family to be the end of its name.
    private static func unit(of name: String) -> String? {
        ["seconds", "bytes"].first { name.hasSuffix("_" + $0) }
    }

    /// Whole numbers without a fraction, the others with the shortest digits that read back as the same number.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
        if value.magnitude < 0x1p53, Double(Int64(value)) == value { return String(Int64(value)) }
        return value.description
    }

    /// OpenMetrics keeps the fraction of whole bounds ("1.0"), text drops it ("1").
    private func bucketBound(_ bound: Double) -> String {
        format == .openMetrics && bound.isFinite ? bound.description : Self.number(bound)
    }

    private func escapedHelp(_ text: String) -> String {
        format == .openMetrics ? Self.escaped(text) : Self.escaped(text, quotes: false)
    }

    private static func escaped(_ text: String, quotes: Bool = true) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: escaped.append(contentsOf: "\\\"".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
