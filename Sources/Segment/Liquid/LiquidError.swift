/// Why a Liquid template was refused when it was loaded, or why one rendering failed.
///
/// A template is fixed text and an event does not change, so no fault here goes away by trying again.
public struct LiquidError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of fault, so that callers can tell them apart without reading text.
    public enum Kind: Equatable, Sendable {
        /// The template does not follow Liquid's syntax.
        case syntax
        /// A tag that Segment turns off, or that does not exist.
        case tagRefused(String)
        /// A filter that Segment turns off, or whose result would differ from one delivery to the next.
        case filterRefused(String)
        /// A filter met a value that it cannot take, such as text that is no percent encoding.
        case filterFailed(String)
        /// Template, nesting, output or work exceeded a limit of ``LiquidLimits``.
        case limit
    }

    public let kind: Kind
    /// 1-based line in the template.
    public let line: Int
    /// 1-based column in the line, counted in UTF-16 units as JavaScript does.
    public let column: Int
    /// What happened, as one sentence without the place.
    public let reason: String
    /// What to do about it, where there is something better to say than the reason itself.
    public let hint: String?

    public var description: String {
        let place = "line \(line), column \(column): \(reason)"
        return hint.map { "\(place) (\($0))" } ?? place
    }
}
