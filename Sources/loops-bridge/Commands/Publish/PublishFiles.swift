import BridgeService

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files that are published, one after the other: those that were named, and of a folder all that hold events, in the order of their paths. That is
/// the order of time where folders and files are named by their time, as in Segment's archives.
struct PublishFiles {
    static let countMax = 100_000
    /// Folders within each other.
    static let depthMax = 32
    /// What the names of files in a folder end with.
    static let suffixes = [".ndjson", ".jsonl", ".json", ".gz"]
    static let standardInput = "-"

    private(set) var paths: [String] = []
    /// Files of folders that were left out by their names, and links to folders.
    private(set) var skipped = 0

    /// - Parameter names: as they were typed; none for standard input.
    init(_ names: [String]) throws(CommandInput.Fault) {
        for name in names.isEmpty ? [Self.standardInput] : names {
            var facts = stat()
            guard name != Self.standardInput, stat(name, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
                try take(name)
                continue
            }
            let count = paths.count
            try walk(name, depth: 1)
            if paths.count == count {
                let known = Self.suffixes.joined(separator: ", ")
                throw CommandInput.Fault(description: "\(name): the folder has no file whose name ends with \(known)")
            }
        }
    }

    /// Only those from this one on.
    mutating func begin(at path: String) throws(CommandInput.Fault) {
        guard let index = paths.firstIndex(of: path) else {
            throw CommandInput.Fault(description: "--from-file: \(path) is none of the \(paths.count) files")
        }
        paths.removeFirst(index)
    }

    private mutating func walk(_ folder: String, depth: Int) throws(CommandInput.Fault) {
        guard depth <= Self.depthMax else {
            throw CommandInput.Fault(description: "\(folder): more than \(Self.depthMax) folders within each other")
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw CommandInput.Fault(description: "\(folder): the folder cannot be read: \(FileErrorText.of(error))")
        }
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var facts = stat()
            guard lstat(path, &facts) == 0 else { continue }
            let isLink = facts.st_mode & S_IFMT == S_IFLNK
            if isLink, stat(path, &facts) != 0 { continue }
            switch facts.st_mode & S_IFMT {
            // A link to a folder may lead back to where it stands.
            case S_IFDIR where !isLink: try walk(path, depth: depth + 1)
            case S_IFREG where Self.suffixes.contains(where: name.hasSuffix): try take(path)
            default: skipped += 1
            }
        }
    }

    private mutating func take(_ path: String) throws(CommandInput.Fault) {
        guard paths.count < Self.countMax else {
            throw CommandInput.Fault(description: "more than \(Self.countMax) files: name a part of them")
        }
        paths.append(path)
    }
}
