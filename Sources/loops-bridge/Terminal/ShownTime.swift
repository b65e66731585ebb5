/// Times as tables show them.
enum ShownTime {
    /// The largest unit that fits, and whole ones of it: `5s`, `12m`, `3h`, `4d`.
    static func age(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1000)
        return switch seconds {
        case ..<120: "\(seconds)s"
        case ..<7200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    /// A time to wait in words: `12 s`, `4 min`, `3 h`, `2 days`.
    static func wait(seconds: Double) -> String {
        switch seconds {
        case ..<1: "less than a second"
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7200: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: "\(Int((seconds / 3600).rounded())) h"
        case ..<1e12: "\(Int((seconds / 86_400).rounded())) days"
        default: "for ever"
        }
    }
}
