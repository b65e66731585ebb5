import Glibc
import Testing

/// The files of JSONTestSuite (github.com/nst/JSONTestSuite) when they lie beside the repository.
enum ConformanceFiles {
    struct File: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        var testDescription: String { name }
    }

    static let all: [File] = read(folder: folder)

    private static var folder: String {
        // …/main/Tests/JSONTests/ConformanceFiles.swift, four levels below the folder that holds both; the tests may
        // have been built through a link, so the real path counts.
        let file = #filePath
        let real = realpath(file, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let parts = (real ?? file).split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/shared/json-suite"
    }

    private static func read(folder: String) -> [File] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json") { names.append(name) }
        }
        return names.sorted().compactMap { name in
            contents(of: "\(folder)/\(name)").map { File(name: name, bytes: $0) }
        }
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}
