import Foundation
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("ScriptSource.all: the one list of the scripts")
struct ScriptSourceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = "Sources/StreamGroups/Scripts"

    @Test("It has every .lua file; each script has a .swift file beside its own, and Package.swift embeds each file")
    func files() throws {
        let folder = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appending(path: Self.folder).path(percentEncoded: false)
        )
        let lua = Set(folder.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) })
        #expect(Set(ScriptSource.all.flatMap(\.files)) == lua)
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let embedded = manifest.matches(of: #/embedInCode\("Scripts/([a-z_]+)\.lua"\)/#).map { String($0.1) }
        let others = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appending(path: "Sources/IngestService/Scripts").path(percentEncoded: false)
        ).filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }
        #expect(embedded.count == Set(embedded).count && Set(embedded) == lua.union(others))
        for source in ScriptSource.all {
            // `ack.lua` was there before its name was spelled out.
            let name = source.name == "ack" ? "acknowledge" : source.name
            let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            #expect(folder.contains("\(words.joined())Script.swift"), "\(source.name)")
            #expect(source.files.last == source.name)
        }
    }

    @Test("A script is the text of its files in order, under a name of its own")
    func text() throws {
        #expect(Set(ScriptSource.all.map(\.name)).count == ScriptSource.all.count)
        for source in ScriptSource.all {
            let text = try source.files.map { file in
                try String(
                    contentsOf: Self.root.appending(path: "\(Self.folder)/\(file).lua"),
                    encoding: .utf8
                )
            }.joined()
            #expect(source.script.source == text, "\(source.name)")
        }
    }

    @Test("A script that a test replaces is run in the place of its own, and of no other")
    func replaced() {
        var scripts = GroupScripts()
        #expect(scripts[RouteScript.source].sha1 == RouteScript.source.script.sha1)
        scripts[FetchScript.source] = RedisScript(name: "fetch", source: "return 1")
        #expect(scripts[FetchScript.source].source == "return 1")
        #expect(scripts[RouteScript.source].sha1 == RouteScript.source.script.sha1)
    }

    @Test("What is timed is every script but those of people's commands")
    func timed() {
        let timed = Set(GroupClient.commands)
        for source in ScriptSource.all { #expect(timed.contains(source.name) != source.isForPeople) }
        #expect(ScriptSource.all.filter(\.isForPeople).map(\.name).sorted() == ["pause", "replay"])
    }
}
