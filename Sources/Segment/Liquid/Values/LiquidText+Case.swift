extension LiquidText {
    /// JavaScript's `toUpperCase`: Unicode's full mapping, `ß` becomes `SS`.
    var uppercased: LiquidText {
        mapScalars { scalar, _, _ in scalar.properties.uppercaseMapping }
    }

    /// JavaScript's `toLowerCase`: Unicode's full mapping, and a capital sigma that ends a word becomes `ς`.
    var lowercased: LiquidText {
        mapScalars { scalar, index, scalars in
            scalar == "Σ" && Self.endsWord(index, scalars) ? "ς" : scalar.properties.lowercaseMapping
        }
    }

    /// Maps whole characters; halves of surrogate pairs stay as they are.
    private func mapScalars(_ map: (Unicode.Scalar, Int, [Unicode.Scalar?]) -> String) -> LiquidText {
        let scalars = self.scalars
        var result = LiquidText()
        result.units.reserveCapacity(count)
        var offset = 0
        for (index, scalar) in scalars.enumerated() {
            if let scalar {
                result.units += map(scalar, index, scalars).utf16
                offset += UTF16.width(scalar)
            } else {
                result.units.append(units[offset])
                offset += 1
            }
        }
        return result
    }

    /// The characters; nil for a lone half of a surrogate pair.
    var scalars: [Unicode.Scalar?] {
        var result: [Unicode.Scalar?] = []
        result.reserveCapacity(count)
        var index = 0
        while index < units.count {
            let unit = units[index]
            if UTF16.isLeadSurrogate(unit), index + 1 < units.count, UTF16.isTrailSurrogate(units[index + 1]) {
                let value = 0x10000 + (UInt32(unit & 0x3FF) << 10) + UInt32(units[index + 1] & 0x3FF)
                result.append(Unicode.Scalar(value))
                index += 2
            } else {
                result.append(Unicode.Scalar(unit))
                index += 1
            }
        }
        return result
    }

    /// Unicode's Final_Sigma: a cased letter before, none after, ignorable ones in between.
    private static func endsWord(_ index: Int, _ scalars: [Unicode.Scalar?]) -> Bool {
        func nextIsCased(_ rest: some Sequence<Unicode.Scalar?>) -> Bool {
            for scalar in rest {
                guard let properties = scalar?.properties else { return false }
                if properties.isCaseIgnorable { continue }
                return properties.isCased
            }
            return false
        }
        return nextIsCased(scalars[..<index].reversed()) && !nextIsCased(scalars[(index + 1)...])
    }
}
