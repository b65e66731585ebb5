/// Where a setting's value comes from.
package enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    /// The settings file, or the file of a secret.
    case file(String)
    /// Nothing set it: the default holds.
    case fallback

    /// As people know it: `--http-port`, `HTTP_PORT`, a path, or `default`.
    package var description: String {
        switch self {
        case .flag(let name), .environment(let name): name
        case .file(let path): path
        case .fallback: "default"
        }
    }
}
