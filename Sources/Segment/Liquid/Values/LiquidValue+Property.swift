import JSON

extension LiquidValue {
    /// Reads one property, as `a.b` and `a[b]` do.
    ///
    /// Own properties only. `size`, `first` and `last` exist beside them; a negative index counts from an array's end.
    func property(_ key: LiquidValue) -> LiquidValue {
        if case .number(let number) = key, let count = elementCount {
            let index = number < 0 ? Double(count) + number : number
            return Int(exactly: index).map { element(at: $0) } ?? .undefined
        }
        return property(named: key.plain.javaScriptText.string)
    }

    func property(named name: String) -> LiquidValue {
        switch self {
        case .null: .null
        case .object(let object): Self.property(of: object, named: name)
        case .list, .jsonArray: arrayProperty(named: name, count: elementCount ?? 0)
        case .text(let text): Self.property(of: text, named: name)
        default: .undefined
        }
    }

    private static func property(of object: JSONObject, named name: String) -> LiquidValue {
        if let value = object[name] { return LiquidValue(value) }
        return name == "size" ? .number(Double(object.count)) : .undefined
    }

    private func arrayProperty(named name: String, count: Int) -> LiquidValue {
        switch name {
        case "size", "length": .number(Double(count))
        case "first": element(at: 0)
        case "last": element(at: count - 1)
        default: Self.index(from: name).map { element(at: $0) } ?? .undefined
        }
    }

    private static func property(of text: LiquidText, named name: String) -> LiquidValue {
        if name == "size" || name == "length" { return .number(Double(text.count)) }
        guard let index = index(from: name), index < text.count else { return .undefined }
        return .text(LiquidText(units: [text.units[index]]))
    }

    /// An array index in JavaScript's only spelling for it: no sign, no leading zero.
    private static func index(from name: String) -> Int? {
        guard let index = Int(name), index >= 0, String(index) == name else { return nil }
        return index
    }
}
