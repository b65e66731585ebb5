import BridgeService

/// `SettingFlags.swift`: the settings as flags. argument-parser needs a stored property for each.
struct SettingFlagsFile {
    let settings: [Setting]

    var text: String {
        let flags = settings.filter(\.isFlag).map { (key: $0.key, property: property(of: $0)) }
        return """
            import ArgumentParser

            // Made by `make reference` from the catalogue of settings; a test fails when it is stale. Do not edit.

            /// Every setting that may be typed, as a flag.
            struct SettingFlags: ParsableArguments {
            \(flags.map { "    @Option(.named(\"\($0.key)\")) var \($0.property): String?" }.joined(separator: "\n"))

                /// What was typed, by key.
                var values: [String: String] {
                    let typed: [String: String?] = [
            \(flags.map { "            \"\($0.key)\": \($0.property)," }.joined(separator: "\n"))
                    ]
                    return typed.compactMapValues(\\.self)
                }
            }

            """
    }

    /// What argument-parser makes the flag of: `loopsBaseUrl` becomes `--loops-base-url`.
    private func property(of setting: Setting) -> String {
        let words = setting.flag.dropFirst(2).split(separator: "-")
        return words[0] + words.dropFirst().map(\.capitalized).joined()
    }
}

extension Substring {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
