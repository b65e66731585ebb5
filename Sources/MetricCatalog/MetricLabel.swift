/// The labels of metrics. A closed set, as are the values of each.
package enum MetricLabel: String, Sendable {
    case stream
    case outcome
    case kind
    case type
    case looksLike = "looks_like"
    case what
    case reason
    case detectedBy = "detected_by"
    case cause
    case operation
    case mapping
    case status
    case meaning
    case result
    case command
    case hash
    case version
    case revision
    case path
    case key
    case code
    case sdk
}
