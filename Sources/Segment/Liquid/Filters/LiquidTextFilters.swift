import JavaScript

/// Filters over text. Their values are first printed, so nil is empty text and 5 is `5`.
enum LiquidTextFilters {
    static func apply(
        _ filter: LiquidFilter,
        to input: LiquidFilterInput,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidValue {
        let text = input.text
        return switch filter {
        case .append: .text(LiquidText(units: text.units + input.text(0).units))
        case .capitalize: .text(capitalize(text))
        case .downcase: .text(text.lowercased)
        case .lstrip: .text(text.trimmedStart(while: strippedUnits(input)))
        case .normalizeWhitespace: .text(text.collapsingSpaces())
        case .numberOfWords: .number(Double(LiquidWordCount.count(text, mode: input.argument(0))))
        case .prepend: .text(LiquidText(units: input.text(0).units + text.units))
        case .remove: .text(try replace(text, input.text(0), with: LiquidText(), within: &budget))
        case .removeFirst: .text(replace(text, at: text.firstIndex(of: input.text(0)), input.text(0)))
        case .removeLast: .text(replace(text, at: text.lastIndex(of: input.text(0)), input.text(0)))
        case .replace: .text(try replace(text, input.text(0), with: input.text(1), within: &budget))
        case .replaceFirst: .text(replace(text, at: text.firstIndex(of: input.text(0)), input.text(0), input.text(1)))
        case .replaceLast: .text(replace(text, at: text.lastIndex(of: input.text(0)), input.text(0), input.text(1)))
        case .rstrip: .text(text.trimmedEnd(while: strippedUnits(input)))
        case .split: try split(text, input.text(0), within: &budget)
        case .strip: .text(text.trimmedStart(while: strippedUnits(input)).trimmedEnd(while: strippedUnits(input)))
        case .stripNewlines: .text(stripNewlines(text))
        case .truncate: truncate(input)
        case .truncatewords: .text(truncateWords(input))
        case .upcase: .text(text.uppercased)
        default: input.value
        }
    }

    private static func capitalize(_ text: LiquidText) -> LiquidText {
        let first = LiquidText(text.units.prefix(1)).uppercased
        return LiquidText(units: first.units + LiquidText(text.units.dropFirst()).lowercased.units)
    }

    /// White space, or the characters of the argument.
    private static func strippedUnits(_ input: LiquidFilterInput) -> (UInt16) -> Bool {
        guard input.argument(0).isTruthyInJavaScript else { return CodeUnit.isSpace }
        let units = Set(input.text(0).units)
        return { units.contains($0) }
    }

    private static func replace(
        _ text: LiquidText,
        _ pattern: LiquidText,
        with replacement: LiquidText,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidText {
        let parts = text.split(separator: pattern)
        try budget.spend(parts.count * (replacement.count + 1))
        return LiquidText.joined(parts, separator: replacement)
    }

    private static func replace(
        _ text: LiquidText,
        at index: Int?,
        _ pattern: LiquidText,
        _ replacement: LiquidText = LiquidText()
    ) -> LiquidText {
        index.map { text.replacing(at: $0, count: pattern.count, with: replacement) } ?? text
    }

    /// Empty parts at the end are dropped, as in Ruby.
    private static func split(
        _ text: LiquidText,
        _ separator: LiquidText,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidValue {
        var parts = text.split(separator: separator)
        while parts.last?.isEmpty == true { parts.removeLast() }
        // A part costs about as much as eight units of text, however short it is.
        try budget.spend(parts.count * 8)
        return .list(parts.map { .text($0) })
    }

    /// Removes line feeds, each with a carriage return right before it.
    private static func stripNewlines(_ text: LiquidText) -> LiquidText {
        var result = LiquidText()
        for (index, unit) in text.units.enumerated() where unit != LiquidUnit.newline {
            let endsLine = unit == 0x0D && index + 1 < text.count && text.units[index + 1] == LiquidUnit.newline
            if !endsLine { result.units.append(unit) }
        }
        return result
    }

    /// Short text is passed on as the value that it was.
    private static func truncate(_ input: LiquidFilterInput) -> LiquidValue {
        let length = input.argument(0, default: .number(50)).javaScriptNumber
        let ending = input.argument(1, default: .text("...")).printed
        if Double(input.text.count) <= length { return input.value }
        let kept = input.text.substring(0, length - Double(ending.count))
        return .text(LiquidText(units: kept.units + ending.units))
    }

    /// liquidjs adds the ending also when there are exactly as many words as wanted.
    private static func truncateWords(_ input: LiquidFilterInput) -> LiquidText {
        let wanted = input.argument(0, default: .number(15)).javaScriptNumber
        let ending = input.argument(1, default: .text("...")).printed
        let words = input.text.splitAtSpaces()
        let count = wanted <= 0 ? 1 : wanted
        let kept = count.isNaN ? 0 : Int(min(Double(words.count), count))
        let text = LiquidText.joined(Array(words.prefix(kept)), separator: LiquidText(" "))
        return Double(words.count) >= count ? LiquidText(units: text.units + ending.units) : text
    }
}

/// How many words a text has.
enum LiquidWordCount {
    /// `cjk` counts every Chinese, Japanese or Korean character as a word, `auto` does so if there is one.
    static func count(_ text: LiquidText, mode: LiquidValue) -> Int {
        let text = text.trimmed
        if text.isEmpty { return 0 }
        guard case .text(let name) = mode else { return text.splitAtSpaces().count }
        let characters = text.units.count(where: isIdeograph)
        switch name.string {
        case "cjk": return characters + otherWords(text)
        case "auto" where characters > 0: return characters + otherWords(text)
        default: return text.splitAtSpaces().count
        }
    }

    private static func otherWords(_ text: LiquidText) -> Int {
        text.units.split { isIdeograph($0) || CodeUnit.isSpace($0) }.count
    }

    private static func isIdeograph(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF: true
        default: false
        }
    }
}
