import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The offsets of one time zone through time, out of a file of the system's zone data (RFC 8536, TZif).
struct ZoneRules: Sendable {
    /// When the offset changes, in seconds since 1970, ascending.
    private let transitions: [Int64]
    /// Seconds ahead of UTC from each transition on.
    private let offsets: [Int]
    /// Seconds ahead of UTC before the first transition.
    private let first: Int
    /// What holds behind the last transition.
    private let rule: PosixZoneRule?

    /// Nil for what is no such file.
    init?(tzif bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let old = reader.header() else { return nil }
        var counts = old
        var timeBytes = 4
        if old.version >= UInt8(ascii: "2") {
            // The block of 32-bit times is there for old programs.
            guard reader.skip(old.blockBytes(timeBytes: 4)), let new = reader.header() else { return nil }
            counts = new
            timeBytes = 8
        }
        guard let block = reader.take(counts.blockBytes(timeBytes: timeBytes)) else { return nil }
        let types = block.dropFirst(counts.times * (timeBytes + 1)).prefix(counts.types * 6)
        guard counts.types > 0, types.count == counts.types * 6 else { return nil }
        let ahead = (0..<counts.types).map { type in
            Int(Int32(truncatingIfNeeded: Self.number(types.dropFirst(type * 6).prefix(4))))
        }
        let indices = block.dropFirst(counts.times * timeBytes).prefix(counts.times)
        guard indices.allSatisfy({ Int($0) < ahead.count }) else { return nil }
        transitions = (0..<counts.times).map { index in
            let number = Self.number(block.dropFirst(index * timeBytes).prefix(timeBytes))
            return timeBytes == 8 ? number : Int64(Int32(truncatingIfNeeded: number))
        }
        guard zip(transitions, transitions.dropFirst()).allSatisfy(<) else { return nil }
        offsets = indices.map { ahead[Int($0)] }
        first = ahead[0]
        rule = timeBytes == 8 ? reader.footer().flatMap(PosixZoneRule.init) : nil
    }

    /// - Parameter seconds: since 1970.
    func secondsAhead(at seconds: Int) -> Int {
        guard let last = transitions.last, seconds < last else {
            return rule?.secondsAhead(at: seconds) ?? offsets.last ?? first
        }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }

    /// A number in network order, with its sign.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    private struct Counts {
        let version: UInt8
        let times: Int
        let types: Int
        /// Bytes of names, leap seconds and flags: what is not looked at.
        let nameBytes: Int
        let leaps: Int
        let flagBytes: Int

        func blockBytes(timeBytes: Int) -> Int {
            times * (timeBytes + 1) + types * 6 + nameBytes + leaps * (timeBytes + 4) + flagBytes
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        private var at = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, bytes.count - at >= count else { return nil }
            defer { at += count }
            return bytes[at..<at + count]
        }

        mutating func skip(_ count: Int) -> Bool { take(count) != nil }

        mutating func header() -> Counts? {
            guard let header = take(44), header.starts(with: "TZif".utf8) else { return nil }
            let numbers = (0..<6).map { index in
                Int(ZoneRules.number(header.dropFirst(20 + index * 4).prefix(4)))
            }
            return Counts(
                version: header[header.startIndex + 4],
                times: numbers[3],
                types: numbers[4],
                nameBytes: numbers[5],
                leaps: numbers[2],
                flagBytes: numbers[0] + numbers[1]
            )
        }

        /// The text between the last two line ends.
        mutating func footer() -> String? {
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\n") else { return nil }
            let text = bytes[(at + 1)...].prefix { $0 != UInt8(ascii: "\n") }
            return String(decoding: text, as: UTF8.self)
        }
    }
}

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
