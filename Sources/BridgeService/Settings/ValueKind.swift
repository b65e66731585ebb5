import Bridge
import Support

/// How the values of a setting are written: text to value, and back for people.
struct ValueKind<Value: Sendable>: Sendable {
    let shape: Setting.Shape
    /// nil for a text that is no such value.
    let read: @Sendable (String) -> Value?
    /// nil for a value that stands for "not set".
    let write: @Sendable (Value) -> String?
}

extension ValueKind<String> {
    static var text: Self { .init(shape: .text, read: { $0 }, write: { $0 }) }

    static func oneOf(_ values: [String]) -> Self {
        .init(shape: .choice(values), read: { values.contains($0) ? $0 : nil }, write: { $0 })
    }
}

extension ValueKind<String?> {
    static var optionalText: Self { .init(shape: .text, read: { .some($0) }, write: { $0 }) }
    static var path: Self { .init(shape: .path, read: { .some($0) }, write: { $0 }) }
}

extension ValueKind<Int> {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        .init(
            shape: .integer(range),
            read: { Int($0).flatMap { range.contains($0) ? $0 : nil } },
            write: { "\($0)" }
        )
    }
}

extension ValueKind<Double?> {
    static func optionalNumber(_ range: ClosedRange<Double>) -> Self {
        .init(
            shape: .number(range),
            read: { Double($0).flatMap { range.contains($0) ? .some($0) : nil } },
            write: { $0.map(\.shortText) }
        )
    }
}

extension ValueKind<Duration> {
    /// A number of seconds.
    static func seconds(_ range: ClosedRange<Double>) -> Self {
        .init(
            shape: .number(range),
            read: { Double($0).flatMap { range.contains($0) ? .seconds($0) : nil } },
            write: { ($0 / .seconds(1)).shortText }
        )
    }

    /// A number with its unit.
    static var duration: Self {
        .init(shape: .duration, read: { Duration(withUnit: $0) }, write: { $0.textWithUnit })
    }
}

extension ValueKind<Duration?> {
    static var optionalDuration: Self {
        .init(shape: .duration, read: { Duration(withUnit: $0).map { .some($0) } }, write: { $0?.textWithUnit })
    }
}

extension ValueKind<Bool> {
    static var onOff: Self {
        .init(
            shape: .choice(["on", "off"]),
            read: { ["on": true, "off": false][$0] },
            write: { $0 ? "on" : "off" }
        )
    }
}

extension ValueKind where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// - Parameter values: all cases, in the order in which people are told of them.
    static func choice(_ values: [Value] = Array(Value.allCases)) -> Self {
        .init(
            shape: .choice(values.map(\.rawValue)),
            read: { text in values.first { $0.rawValue == text } },
            write: { $0.rawValue }
        )
    }
}

extension ValueKind<[String]> {
    /// Items joined by commas; an empty list stands for "not set".
    static var list: Self {
        .init(
            shape: .list,
            read: { text in
                let items = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map { String($0).trimmingSpaces }
                return items.contains("") ? nil : items
            },
            write: { $0.isEmpty ? nil : $0.joined(separator: ",") }
        )
    }
}

extension ValueKind<[BridgeConfiguration.Stream]> {
    /// Names with optional weights.
    static var streams: Self {
        .init(
            shape: .weightedList,
            read: { text in
                var list: [BridgeConfiguration.Stream] = []
                for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    let weight = parts.count == 2 ? Int(parts[1]) : 1
                    let name = String(parts[0]).trimmingSpaces
                    guard !name.isEmpty, let weight, (1...1000).contains(weight),
                        let names = StreamPattern.names(name)
                    else { return nil }
                    for name in names {
                        if list.contains(where: { $0.name == name }) { return nil }
                        list.append(.init(name: name, weight: weight))
                    }
                }
                return list
            },
            write: { $0.map { $0.weight == 1 ? $0.name : "\($0.name)=\($0.weight)" }.joined(separator: ",") }
        )
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var shortText: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}

extension Duration {
    /// The largest unit that it is a whole number of: `6h`, `90s`.
    fileprivate var textWithUnit: String {
        let seconds = self / .seconds(1)
        let units: [(name: String, seconds: Double)] = [("d", 86_400), ("h", 3600), ("m", 60)]
        for unit in units {
            if let count = Int(exactly: seconds / unit.seconds), count > 0 { return "\(count)\(unit.name)" }
        }
        return seconds.shortText + "s"
    }
}
