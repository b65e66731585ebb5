import Bridge
import BridgeService
import Destination
import Operations

/// What was looked at, a line each, with what to do below it.
enum CheckText {
    static func text(_ result: CheckResult, style: TextStyle) -> String {
        let word = result.verdict.rawValue
        let padded = word + String(repeating: " ", count: max(0, 9 - word.count))
        let coloured =
            switch result.verdict {
            case .ok: style.green(padded)
            case .warning: style.yellow(padded)
            case .fault: style.red(padded)
            }
        let line = coloured + "\(result.subject.shown): \(result.text.shown)"
        return result.advice.map { "\(line)\n         \($0.shown)" } ?? line
    }
}
