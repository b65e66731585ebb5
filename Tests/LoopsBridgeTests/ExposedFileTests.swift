import DevKit
import Foundation
import Testing

@testable import BridgeService

@Suite("Files of secrets that every user can read")
struct ExposedFileTests {
    private func file(_ folder: String, _ name: String, mode: Int, _ text: String = "x") throws -> String {
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func warnings(_ environment: [String: String], file: SettingsFile? = nil) throws -> [String] {
        try Settings(
            flags: [:],
            environment: environment.merging(["LOOPS_API_KEY": ""]) { one, _ in one },
            file: file,
            hostName: "host",
            processID: 7,
            readFile: { try BoundedFile.text($0, upTo: 100) }
        ).warnings
    }

    @Test("A mode is told when it lets everybody read, and not when it is for the group", arguments: [0o644, 0o604])
    func mode(exposed: Int) async throws {
        try await TemporaryFolder.with { folder in
            for mode in [0o600, 0o640, 0o400, 0o440] {
                #expect(ExposedFile("ingest.keys", path: try self.file(folder, "good-\(mode)", mode: mode)) == nil)
            }
            let path = try self.file(folder, "bad", mode: exposed)
            let text = try #require(ExposedFile("ingest.keys", path: path)).description
            #expect(text.contains("ingest.keys") && text.contains("chmod o-rwx '\(path)'"))
            // Kubernetes mounts secrets as links, whose own mode is 777.
            let link = "\(folder)/link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(folder)/good-\(0o440)")
            #expect(ExposedFile("ingest.keys", path: link) == nil)
            // Whoever reads it says that it is not there. A container's mount is read by nobody else.
            #expect(ExposedFile("ingest.keys", path: "\(folder)/absent") == nil)
            #expect(ExposedFile("ingest.keys", path: "/run/secrets/keys") == nil)
        }
    }

    @Test("All files of secrets are looked at: keys, tokens, write keys, the certificate's key, a secret of webhooks")
    func all() async throws {
        try await TemporaryFolder.with { folder in
            let path = try self.file(folder, "secret", mode: 0o644, "a-token-that-is-long-enough")
            let other = try self.file(folder, "other", mode: 0o644, "another-token-that-is-long")
            let names = [
                "LOOPS_API_KEY_FILE": "loops.apiKeyFile", "HTTP_CONTROL_TOKEN_FILE": "http.controlTokenFile",
                "INGEST_KEYS": "ingest.keys", "INGEST_TLS_KEY": "ingest.tlsKey",
                "INGEST_LOOPS_WEBHOOK_SECRET_FILE": "ingest.loopsWebhookSecretFile",
            ]
            var environment = names.mapValues { _ in path }
            environment["HTTP_VIEW_TOKEN_FILE"] = other
            environment["INGEST_TLS_CERTIFICATE"] = path
            let told = try self.warnings(environment)
            for name in Array(names.values) + ["http.viewTokenFile"] {
                #expect(told.contains { $0.hasPrefix("\(name): every user") }, "\(name)")
            }
            #expect(told.count == names.count + 1)
        }
    }

    @Test("A settings file is one of secrets only with a secret in it; an address without a password is none")
    func settingsFile() async throws {
        try await TemporaryFolder.with { folder in
            for (text, isTold) in [
                ("redis: {url: 'redis://bridge:secret@127.0.0.1'}", true), ("loops: {apiKey: secret}", true),
                ("redis: {url: 'redis://127.0.0.1'}", false), ("bridge: {group: g}", false),
            ] {
                let path = try self.file(folder, "bridge.yaml", mode: 0o644, text)
                let key = text.contains("apiKey") ? [:] : ["LOOPS_API_KEY": "key"]
                let told = try self.warnings(key, file: SettingsFile(path: path, text: text))
                #expect(told.contains { $0.contains(path) } == isTold, "\(text)")
            }
        }
    }

    @Test("A file's version is another one when only its content's length, or only the file behind its name is")
    func version() async throws {
        try await TemporaryFolder.with { folder in
            let time = Date(timeIntervalSince1970: 1_800_000_000)
            func put(_ text: String) throws -> MappingsReloader.FileVersion? {
                // Put in the place of the last one, as people and orchestrators do.
                let path = try self.file(folder, "new", mode: 0o600, text)
                try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
                try? FileManager.default.removeItem(atPath: "\(folder)/kept")
                try? FileManager.default.moveItem(atPath: "\(folder)/file", toPath: "\(folder)/kept")
                try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/file")
                return MappingsReloader.FileVersion(path: "\(folder)/file")
            }
            let (one, two, longer) = (try put("a"), try put("b"), try put("bb"))
            #expect(one != nil && one != two && two != longer)
            #expect(MappingsReloader.FileVersion(path: "\(folder)/file") == longer)
        }
    }
}
