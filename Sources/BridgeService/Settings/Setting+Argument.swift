package import ArgumentParser

extension Setting {
    /// What the help of a flag says: what it is, what it may be, what holds without it, and the variable that says the same.
    var argument: ArgumentHelp {
        var facts: [String] = []
        switch shape {
        case .text, .path: break
        default: facts.append(shape.description)
        }
        if let fallback { facts.append("default: \(fallback)") }
        facts.append(environment)
        return ArgumentHelp("\(help) (\(facts.joined(separator: "; ")))", valueName: shape.valueName)
    }

    /// What a shell offers for it.
    var completion: CompletionKind? {
        switch shape {
        case .choice(let values): .list(values)
        case .path: .file()
        default: nil
        }
    }
}

extension Setting.Shape {
    /// What stands for a value in the help.
    fileprivate var valueName: String {
        switch self {
        case .text: "text"
        case .integer, .number: "number"
        case .choice(let values): values.count > 3 ? "name" : values.joined(separator: "|")
        case .duration: "time"
        case .weightedList, .list: "list"
        case .path: "path"
        }
    }
}

extension Option where Value == String? {
    /// A setting as a flag.
    package init(_ setting: Setting) { self.init(help: setting.argument, completion: setting.completion) }
}
