import JSON

/// Writes a value as `JSON.stringify(value, null, space)` does.
struct LiquidJSONWriter {
    private let indentation: LiquidText
    private var output = LiquidText()
    private var depth = 0

    /// The value as JSON text; undefined has none and stays undefined.
    static func write(_ input: LiquidFilterInput, within budget: inout RenderLimits) throws(LiquidFault) -> LiquidValue
    {
        if case .undefined = input.value { return input.value }
        var writer = LiquidJSONWriter(indentation: indentation(input.argument(0)))
        try writer.write(input.value, within: &budget)
        return .text(writer.output)
    }

    private init(indentation: LiquidText) {
        self.indentation = indentation
    }

    /// At most ten spaces, or the first ten characters of a text.
    private static func indentation(_ space: LiquidValue) -> LiquidText {
        switch space {
        case .number(let number): LiquidText(units: Array(repeating: 0x20, count: Int(max(0, min(10, number)))))
        case .text(let text): LiquidText(text.units.prefix(10))
        default: LiquidText()
        }
    }

    private mutating func write(_ value: LiquidValue, within budget: inout RenderLimits) throws(LiquidFault) {
        switch value {
        case .bool, .number: output.units += scalar(value).jsonText.utf16
        case .text(let text): write(quoting: text)
        case .list, .jsonArray:
            try write(value.elements ?? [], "[", "]", within: &budget) { writer, element, budget throws(LiquidFault) in
                try writer.write(element, within: &budget)
            }
        case .object(let object):
            try write(Self.inJavaScriptOrder(object), "{", "}", within: &budget) {
                writer,
                member,
                budget throws(LiquidFault) in
                writer.write(quoting: LiquidText(member.key))
                writer.output.units += (writer.indentation.isEmpty ? ":" : ": ").utf16
                try writer.write(LiquidValue(member.value), within: &budget)
            }
        case .undefined, .null: output.units += "null".utf16
        case .nilLiteral, .empty, .blank: output.units += "{}".utf16
        }
    }

    private mutating func write<Item>(
        _ items: [Item],
        _ opener: String,
        _ closer: String,
        within budget: inout RenderLimits,
        each: (inout LiquidJSONWriter, Item, inout RenderLimits) throws(LiquidFault) -> Void
    ) throws(LiquidFault) {
        output.units += opener.utf16
        depth += 1
        for (index, item) in items.enumerated() {
            if index > 0 { output.units.append(LiquidUnit.comma) }
            try breakLine(within: &budget)
            try each(&self, item, &budget)
        }
        depth -= 1
        if !items.isEmpty { try breakLine(within: &budget) }
        output.units += closer.utf16
    }

    private mutating func breakLine(within budget: inout RenderLimits) throws(LiquidFault) {
        if indentation.isEmpty { return }
        try budget.spend(indentation.count * depth)
        output.units.append(LiquidUnit.newline)
        for _ in 0..<depth { output.units += indentation.units }
    }

    private func scalar(_ value: LiquidValue) -> JSONValue {
        switch value {
        case .bool(let flag): .bool(flag)
        case .number(let number): .double(number)
        default: .null
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf16)

    /// Half a surrogate pair is escaped; everything else follows the JSON writer.
    private mutating func write(quoting text: LiquidText) {
        let scalars = text.scalars
        if !scalars.contains(where: { $0 == nil }) {
            output.units += JSONValue.string(text.string).jsonText.utf16
            return
        }
        output.units.append(LiquidUnit.quote)
        var offset = 0
        for scalar in scalars {
            if let scalar {
                output.units += JSONValue.string(String(scalar)).jsonText.utf16.dropFirst().dropLast()
                offset += UTF16.width(scalar)
            } else {
                let unit = text.units[offset]
                output.units += "\\u".utf16
                for shift in [12, 8, 4, 0] { output.units.append(Self.hexadecimal[Int(unit >> shift & 15)]) }
                offset += 1
            }
        }
        output.units.append(LiquidUnit.quote)
    }

    /// JavaScript lists keys that are array indices first, in ascending order.
    private static func inJavaScriptOrder(_ object: JSONObject) -> [JSONObject.Element] {
        func index(_ key: String) -> UInt32? {
            guard let index = UInt32(key), index < .max, String(index) == key else { return nil }
            return index
        }
        let indexed = object.compactMap { member in index(member.key).map { ($0, member) } }
        if indexed.isEmpty { return Array(object) }
        return indexed.sorted { $0.0 < $1.0 }.map(\.1) + object.filter { index($0.key) == nil }
    }
}
