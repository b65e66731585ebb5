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
