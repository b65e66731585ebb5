import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The time zones that the system knows, by their IANA names: the files of tzdata.
///
/// The names are listed once, so that a name out of an event is looked up in memory and never becomes a path of its own.
package final class ZoneDirectory: Sendable {
    /// `TZDIR` if it is set, else where systems keep their zone data.
    package static let system = ZoneDirectory(
        folder: getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"
    )

    private static let fileBytesMax = 256 * 1024
    private static let depthMax = 3
    /// Copies with other leap seconds, and names that stand for the system's own choice.
    private static let leftOut: Set<String> = ["posix", "right", "localtime", "posixrules", "factory"]
    /// Names that newer editions of tzdata keep in a package of old names.
    private static let oldNames = [
        "est": "america/panama", "mst": "america/phoenix", "hst": "pacific/honolulu",
        "est5edt": "america/new_york", "cst6cdt": "america/chicago", "mst7mdt": "america/denver",
        "pst8pdt": "america/los_angeles",
    ]

    /// Names in small letters to files.
    private let files: [String: String]
    private let loaded = Mutex<[String: ZoneRules]>([:])

    package init(folder: String) {
        var files: [String: String] = [:]
        Self.list(folder, prefix: "", depth: 0, into: &files)
        self.files = files
    }

    /// Whether the system has no zone data at all.
    package var isEmpty: Bool { files.isEmpty }

    /// The rules of a zone; capitals do not count. Nil for a name that is none.
    func rules(named name: String) -> ZoneRules? {
        guard name.utf8.count <= 64 else { return nil }
        let key = name.lowercased()
        guard let file = files[key] ?? Self.oldNames[key].flatMap({ files[$0] }) else { return nil }
        if let rules = loaded.withLock({ $0[key] }) { return rules }
        guard let rules = Self.contents(of: file).flatMap(ZoneRules.init(tzif:)) else { return nil }
        loaded.withLock { $0[key] = rules }
        return rules
    }

    private static func list(_ folder: String, prefix: String, depth: Int, into files: inout [String: String]) {
        guard depth < depthMax, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // What has a dot is a table or a note, not a zone.
            guard !name.contains("."), !leftOut.contains(name.lowercased()) else { continue }
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                list("\(folder)/\(name)", prefix: "\(prefix)\(name)/", depth: depth + 1, into: &files)
            } else {
                files["\(prefix)\(name)".lowercased()] = "\(folder)/\(name)"
            }
        }
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: fileBytesMax)
        let count = fread(&bytes, 1, bytes.count, file)
        return count < fileBytesMax ? Array(bytes[..<count]) : nil
    }
}
