import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPTransport

@Suite("An answer is put together, up to a length") struct ResponseAssemblerTests {
    private static let head = HTTPResponseHead(version: .http1_1, status: .ok)

    private func read(_ parts: [String], limit: Int) -> ResponseAssembler.Step {
        var reader = ResponseAssembler(maxBytes: limit)
        guard case .more = reader.read(.head(Self.head)) else { return .tooLong }
        for part in parts { if case .tooLong = reader.read(.body(ByteBuffer(string: part))) { return .tooLong } }
        return reader.read(.end(nil))
    }

    @Test func parts() throws {
        for (parts, whole) in [([], ""), (["abc"], "abc"), (["a", "", "bc"], "abc")] {
            guard case .finished(let answer) = read(parts, limit: 3) else {
                Issue.record("\(parts)")
                continue
            }
            #expect(String(buffer: answer.body) == whole && answer.head == Self.head)
        }
    }

    @Test func tooLong() {
        for parts in [["abcd"], ["abc", "d"], ["ab", "cd"]] {
            guard case .tooLong = read(parts, limit: 3) else {
                Issue.record("\(parts)")
                continue
            }
        }
    }
}
