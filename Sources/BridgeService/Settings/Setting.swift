/// One thing that can be set: by flag, by environment, or in the settings file. ``all`` is the catalogue.
package struct Setting: Sendable {
    /// What values look like. The one place where shapes are described, for errors, help and documentation.
    package enum Shape: Sendable {
        case text
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case choice([String])
        /// `90s`, `5m`, `6h`, `2d`.
        case duration
        /// Names with optional weights: `a=10,b=1`.
        case weightedList
        /// Items joined by commas.
        case list
        case path

        package var description: String {
            switch self {
            case .text: "text"
            case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
            case .choice(let values): "one of " + values.joined(separator: ", ")
            case .duration: "a number with s, m, h or d behind it, such as 90s or 6h"
            case .weightedList:
                "names joined by commas, each with an optional weight from 1 to 1000, such as segment:events=10,segment:backfill"
            case .list: "items joined by commas, none of them empty"
            case .path: "a path"
            }
        }
    }

    /// Dotted, as in the settings file: `loops.rateLimit`.
    package let key: String
    package let shape: Shape
    /// What holds when nothing is set; nil when there is nothing to hold.
    package let fallback: String?
    package let help: String
    /// Never shown.
    package let isSecret: Bool
    /// Whether it may be typed: a process list shows flags to everybody.
    package let isFlag: Bool
    /// Whether it should be the same on all replicas of a group. No secret is.
    let isShared: Bool
    /// Puts a text's value where it belongs; false when it is no such value.
    let store: @Sendable (String, inout ServiceConfiguration) -> Bool

    init<Value>(
        _ key: String,
        _ kind: ValueKind<Value>,
        _ target: any WritableKeyPath<ServiceConfiguration, Value> & Sendable,
        _ help: String,
        isSecret: Bool = false,
        isFlag: Bool? = nil,
        isShared: Bool = true
    ) {
        self.key = key
        self.shape = kind.shape
        self.fallback = kind.write(ServiceConfiguration()[keyPath: target])
        self.help = help
        self.isSecret = isSecret
        self.isFlag = isFlag ?? !isSecret
        self.isShared = isShared && !isSecret
        self.store = { text, configuration in
            guard let value = kind.read(text) else { return false }
            configuration[keyPath: target] = value
            return true
        }
    }

    /// The environment variable: `LOOPS_RATE_LIMIT`.
    package var environment: String {
        var name = ""
        var previous: Character = "."
        for character in key {
            if character == "." {
                name.append("_")
            } else {
                if character.isUppercase && previous.isLowercase { name.append("_") }
                name.append(contentsOf: character.uppercased())
            }
            previous = character
        }
        return name
    }

    /// The flag: `--loops-rate-limit`.
    package var flag: String { "--" + environment.lowercased().split(separator: "_").joined(separator: "-") }
}
