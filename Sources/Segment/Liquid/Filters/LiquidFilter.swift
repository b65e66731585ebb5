/// The filters, by the names that templates use.
enum LiquidFilter: String, Sendable, CaseIterable {
    case abs, append
    case atLeast = "at_least"
    case atMost = "at_most"
    case base64Decode = "base64_decode"
    case base64Encode = "base64_encode"
    case capitalize, ceil
    case cgiEscape = "cgi_escape"
    case compact, date
    case dateToLongString = "date_to_long_string"
    case dateToRFC822 = "date_to_rfc822"
    case dateToString = "date_to_string"
    case dateToXMLSchema = "date_to_xmlschema"
    case `default`
    case dividedBy = "divided_by"
    case downcase, escape
    case escapeOnce = "escape_once"
    case first, floor
    case hmacSHA256 = "hmac_sha256"
    case inspect, join, json, jsonify, last, lstrip, minus, modulo
    case normalizeWhitespace = "normalize_whitespace"
    case numberOfWords = "number_of_words"
    case plus, pop, prepend, push, raw, remove
    case removeFirst = "remove_first"
    case removeLast = "remove_last"
    case replace
    case replaceFirst = "replace_first"
    case replaceLast = "replace_last"
    case round, rstrip, sha256, shift, size, slice, slugify, split, strip
    case stripHTML = "strip_html"
    case stripNewlines = "strip_newlines"
    case sum, times
    case toInteger = "to_integer"
    case truncate, truncatewords, unshift, upcase
    case uriEscape = "uri_escape"
    case urlDecode = "url_decode"
    case urlEncode = "url_encode"
    case `where`
    case xmlEscape = "xml_escape"

    /// liquidjs fails every rendering in which these have another number of arguments.
    var takesOneArgument: Bool { self == .append || self == .prepend }
}

extension LiquidFilter {
    /// Applies the filter. `where` needs the template's scope, so the renderer has it.
    func apply(to input: LiquidFilterInput, within budget: inout RenderLimits) throws(LiquidFault) -> LiquidValue {
        switch self {
        case .abs, .atLeast, .atMost, .ceil, .dividedBy, .floor, .minus, .modulo, .plus, .round, .times, .toInteger:
            LiquidNumberFilters.apply(self, to: input)
        case .compact, .default, .first, .join, .last, .pop, .push, .raw, .shift, .size, .slice, .sum, .unshift, .where:
            try LiquidListFilters.apply(self, to: input, within: &budget)
        case .date, .dateToLongString, .dateToRFC822, .dateToString, .dateToXMLSchema:
            try LiquidDateFilters.apply(self, to: input, within: &budget)
        case .inspect, .json, .jsonify:
            try LiquidJSONWriter.write(input, within: &budget)
        case .base64Decode, .base64Encode, .cgiEscape, .escape, .escapeOnce, .hmacSHA256, .sha256, .slugify, .stripHTML,
            .uriEscape,
            .urlDecode, .urlEncode, .xmlEscape:
            .text(try LiquidEncodingFilters.apply(self, to: input))
        default:
            try LiquidTextFilters.apply(self, to: input, within: &budget)
        }
    }
}

/// What a filter gets: the value before its `|` and its arguments.
struct LiquidFilterInput {
    let value: LiquidValue
    let arguments: [LiquidValue]
    let clock: LiquidClock
    let zones: ZoneDirectory

    /// The value as it would be printed.
    var text: LiquidText { value.printed }

    /// An argument; a missing one is undefined, as in JavaScript.
    func argument(_ index: Int) -> LiquidValue {
        arguments.indices.contains(index) ? arguments[index] : .undefined
    }

    /// An argument, or the default if it is missing or undefined.
    func argument(_ index: Int, default value: LiquidValue) -> LiquidValue {
        if case .undefined = argument(index) { return value }
        return argument(index)
    }

    /// An argument as it would be printed.
    func text(_ index: Int) -> LiquidText { argument(index).printed }

    /// An argument as a number, 0 if it is none; not a number if it is missing, so that the result shows it.
    func number(_ index: Int) -> Double {
        index < arguments.count ? arguments[index].countedNumber : .nan
    }

    /// The value of a `key: value` argument.
    func option(_ name: String, from start: Int) -> LiquidValue {
        for argument in arguments.dropFirst(start) {
            if case .text(let key) = argument.element(at: 0), key == LiquidText(name) { return argument.element(at: 1) }
        }
        return .undefined
    }
}
