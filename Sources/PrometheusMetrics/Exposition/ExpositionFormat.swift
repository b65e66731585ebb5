extension Exposition {
    /// The two text formats that Prometheus reads.
    package enum Format: Sendable, CaseIterable {
        /// Prometheus text format 0.0.4.
        case text
        /// OpenMetrics 1.0.0.
        case openMetrics

        /// The value of the `Content-Type` header.
        package var contentType: String {
            switch self {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }

        /// The format that an `Accept` header prefers: OpenMetrics when it is named with the highest weight, else text.
        ///
        /// Of ranges that cover text the most exact one counts (RFC 9110, 12.5.1); OpenMetrics has to be named.
        package init(accept: String?) {
            var textWeights: [String: Double] = [:]
            var openMetricsWeight = 0.0
            for range in (accept ?? "").split(separator: ",") {
                var parts = range.split(separator: ";").map { Self.trimmed($0).lowercased() }
                let type = parts.isEmpty ? "" : parts.removeFirst()
                let weight = parts.lazy.filter { $0.hasPrefix("q=") }.compactMap { Double($0.dropFirst(2)) }.first ?? 1
                let version = parts.first { $0.hasPrefix("version=") }?.dropFirst(8).filter { $0 != "\"" }
                if type == "application/openmetrics-text", version == nil || version == "1.0.0" {
                    openMetricsWeight = max(openMetricsWeight, weight)
                } else if Self.textRanges.contains(type) {
                    textWeights[type] = max(textWeights[type] ?? 0, weight)
                }
            }
            let textWeight = Self.textRanges.lazy.compactMap { textWeights[$0] }.first ?? 0
            self = openMetricsWeight > 0 && openMetricsWeight >= textWeight ? .openMetrics : .text
        }

        /// The most exact first.
        private static let textRanges = ["text/plain", "text/*", "*/*"]

        private static func trimmed(_ text: Substring) -> Substring {
            var text = text.drop { $0 == " " || $0 == "\t" }
            while text.last == " " || text.last == "\t" { text.removeLast() }
            return text
        }
    }
}
