/// The version that `--version`, `User-Agent` and `build_info` show.
enum Version {
    static let text = "0.1.0"
}
