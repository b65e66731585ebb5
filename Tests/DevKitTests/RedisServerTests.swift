import DevKit
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.tags(.servers, .redis7), .timeLimit(.minutes(2))) struct RedisServerTests {
    @Test func itStopsAndStartsOnItsPortAndLeavesNothing() async throws {
        let folder = try await RedisServer.run(appendOnly: true) { server in
            let first = server.processID
            #expect(first != nil && server.url == "redis://127.0.0.1:\(server.port)")
            await server.stop()
            await server.stop()
            try await server.start()
            #expect(server.processID != nil && server.processID != first)
            await server.stop(SIGKILL)
            try await server.start()
            #expect(FileManager.default.fileExists(atPath: "\(server.directory)/appendonlydir"))
            return server.directory
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func whyItDidNotStartIsTold() async throws {
        let error = await #expect(throws: ChildError.self) {
            try await RedisServer.run(arguments: ["--no-such-setting", "1"]) { _ in }
        }
        #expect(error?.description.contains("ended before it was ready") == true)
    }

    @Test func aBodyThatThrowsEndsIt() async throws {
        struct Stop: Error {}
        let found = OneTime<Int32?>()
        await #expect(throws: Stop.self) {
            try await RedisServer.run { server in
                found.set(server.processID)
                throw Stop()
            }
        }
        let processID = try #require(await found.value)
        #expect(kill(processID, 0) == -1 && errno == ESRCH)
    }
}
