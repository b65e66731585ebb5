/// The rules of the Prometheus data model for names of metrics and labels (prometheus.io, "Data model").
///
/// Names from third parties are made legal and never refused: `hb.requests` becomes `hb_requests`.
enum MetricName {
    /// The name of the family that `label` belongs to: legal, and for a counter without the `_total` that its sample
    /// carries.
    static func family(_ label: String, kind: MetricKind) -> String {
        let name = legal(label, allowsColon: true)
        return kind == .counter && name.hasSuffix("_total") && name.utf8.count > 6 ? String(name.dropLast(6)) : name
    }

    /// Every name that samples of the family take, the family's own name first.
    static func samples(of family: String, kind: MetricKind) -> [String] {
        switch kind {
        case .counter: [family, family + "_total"]
        case .gauge: [family]
        case .histogram: [family, family + "_bucket", family + "_count", family + "_sum"]
        }
    }

    /// A legal label name. Names with two leading underscores are Prometheus' own; `le` belongs to histograms.
    static func label(_ name: String) -> String {
        var name = legal(name, allowsColon: false)
        while name.hasPrefix("__") { name.removeFirst() }
        return name == "le" ? "le_" : name
    }

    /// Dimensions as label names and values, ordered by name. Of names that become the same the first is kept.
    static func labels(_ dimensions: [(String, String)], valueBytesMax: Int) -> [(name: String, value: String)] {
        var labels: [(name: String, value: String)] = []
        for (rawName, value) in dimensions {
            let name = label(rawName)
            if !labels.contains(where: { $0.name == name }) {
                labels.append((name, shortened(value, bytesMax: valueBytesMax)))
            }
        }
        return labels.sorted { $0.name < $1.name }
    }

    private static func legal(_ text: String, allowsColon: Bool) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case ":" where allowsColon: bytes.append(UInt8(ascii: ":"))
            case "0"..."9":
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    /// Cuts between scalars, so that the rest is still UTF-8.
    private static func shortened(_ value: String, bytesMax: Int) -> String {
        guard value.utf8.count > bytesMax else { return value }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in value.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > bytesMax { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
