extension Duration {
    /// Reads a time with its unit, as settings and mappings have it: `90s`, `5m`, `6h`, `2d`. More than zero, less than about thirty years.
    /// What such a text looks like, as a regular expression. A number with an exponent is read too.
    package static let patternWithUnit = #"^(?=.*[1-9])[0-9]+(\.[0-9]+)?[smhd]$"#

    package init?(withUnit text: String) {
        guard
            let unit = (["s": 1, "m": 60, "h": 3600, "d": 86400] as [String: Double])[
                text.last.map(String.init) ?? ""
            ],
            let number = Double(text.dropLast()), number > 0, number * unit < 1e9
        else { return nil }
        self = .seconds(number * unit)
    }
}
