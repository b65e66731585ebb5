/// Why a Liquid template was refused when it was loaded, or why one rendering failed.
///
/// A template is fixed text and an event does not change, so no fault here goes away by trying again.
package struct LiquidError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of fault, so that callers can tell them apart without reading text.
    package enum Kind: Equatable, Sendable {
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

    package let kind: Kind
    /// 1-based line in the template.
    package let line: Int
    /// 1-based column in the line, counted in UTF-16 units as JavaScript does.
    package let column: Int
    /// What happened, as one sentence without the place.
    package let reason: String
    /// What to do about it, where there is something better to say than the reason itself.
    package let hint: String?

    package var description: String {
        let place = "line \(line), column \(column): \(reason)"
        return hint.map { "\(place) (\($0))" } ?? place
    }
}

/// A fault without a place. Whoever knows the place turns it into a ``LiquidError``.
struct LiquidFault: Error {
    enum Cause {
        case badValue
        case limit
    }

    let cause: Cause
    let reason: String
    var hint: String?

    func error(in source: LiquidSource, at offset: Int, filter: String?) -> LiquidError {
        let kind: LiquidError.Kind
        switch (cause, filter) {
        case (.limit, _): kind = .limit
        case (.badValue, .some(let name)): kind = .filterFailed(name)
        case (.badValue, .none): kind = .syntax
        }
        return source.error(kind, at: offset, reason, hint: hint)
    }
}
