/// Filters that escape text or take escapes back: HTML, URLs, base64, slugs.
enum LiquidEncodingFilters {
    static func apply(_ filter: LiquidFilter, to input: LiquidFilterInput) throws(LiquidFault) -> LiquidText {
        let text = input.text
        return switch filter {
        case .base64Decode: LiquidBase64.decode(text)
        case .base64Encode: LiquidBase64.encode(text)
        case .cgiEscape:
            try LiquidPercentEncoding.encode(text, keeping: LiquidPercentEncoding.formSafe, spaceAsPlus: true)
        case .escape, .xmlEscape: LiquidHTML.escape(text)
        case .escapeOnce: LiquidHTML.escape(LiquidHTML.unescape(text))
        case .hmacSHA256: LiquidHash.hmacSHA256(text, key: input.text(0))
        case .sha256: LiquidHash.sha256(text)
        case .slugify: LiquidSlug.make(input)
        case .stripHTML: LiquidHTML.strip(text)
        case .uriEscape: try LiquidPercentEncoding.encode(text, keeping: LiquidPercentEncoding.addressSafe)
        case .urlDecode: try LiquidPercentEncoding.decode(text)
        case .urlEncode:
            try LiquidPercentEncoding.encode(text, keeping: LiquidPercentEncoding.componentSafe, spaceAsPlus: true)
        default: text
        }
    }
}
