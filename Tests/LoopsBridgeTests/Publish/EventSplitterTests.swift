import Support
import Testing

@testable import loops_bridge

@Suite("publish: a file is cut into lines, or into the elements of the array that it is")
struct EventSplitterTests {
    /// - Parameter sizes: how many bytes come at a time.
    private func pieces(
        _ text: String,
        bytesMax: Int = EventSplitter.pieceBytesMax,
        sizes: () -> Int = { 1 << 20 }
    ) -> [String] {
        var splitter = EventSplitter(pieceBytesMax: bytesMax)
        var rest = Array(text.utf8)[...]
        var pieces: [String] = []
        func take() {
            while let piece = splitter.next() {
                switch piece {
                case .line(let bytes, let number): pieces.append("\(number) \(String(decoding: bytes, as: UTF8.self))")
                case .element(let bytes, let number):
                    pieces.append("\(number)* \(String(decoding: bytes, as: UTF8.self))")
                case .refused(let reason, let number): pieces.append("\(number)! \(reason)")
                }
            }
        }
        while !rest.isEmpty {
            let size = min(max(1, sizes()), rest.count)
            splitter.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
            take()
        }
        splitter.finish()
        take()
        return pieces
    }

    private static let samples: [(text: String, pieces: [String])] = [
        ("", []),
        ("{}\n[1]\r\n\n  {\"a\":1}", ["1 {}", "2 [1]", "3 ", "4   {\"a\":1}"]),
        ("\n\n {}\n", ["3  {}"]),
        ("[{\"a\":\"]},[\\\"\"},{}]\n", ["1* {\"a\":\"]},[\\\"\"}", "1* {}", "1 "]),
        (
            "\n[\n  {\n    \"a\": [1]\n  },\n  {\"b\": 2}\n]\n{}\n",
            ["3* {\n    \"a\": [1]\n  }", "6* {\"b\": 2}", "7 ", "8 {}"]
        ),
        ("[1, \"x,]\" ,null]", ["1* 1", "1* \"x,]\"", "1* null"]),
        ("[]", ["1! an array without events"]),
        ("[{}", ["1* {}", "1! the array that begins on line 1 does not end"]),
        ("[{},\n{\"a\":", ["1* {}", "1! the array that begins on line 1 does not end"]),
        (
            "[{} {}]\n{\"a\":1}\n",
            ["1* {}", "1! the array is not JSON: it has to go on with an element, a comma or its end", "2 {\"a\":1}"]
        ),
        (
            "[{},]\n{}",
            ["1* {}", "1! the array is not JSON: it has to go on with an element, a comma or its end", "2 {}"]
        ),
    ]

    @Test("Lines, an array over many lines, and what is neither", arguments: samples)
    func cut(text: String, expected: [String]) {
        #expect(pieces(text) == expected)
    }

    @Test("It does not matter where bytes are cut", arguments: 0..<50)
    func random(seed: Int) {
        for sample in Self.samples {
            var random = SplitMix64(seed: UInt64(seed))
            #expect(pieces(sample.text) { Int.random(in: 1...5, using: &random) } == sample.pieces)
        }
    }

    @Test("What is too long is left out, and nothing behind it; memory stays small")
    func tooLong() {
        let long = String(repeating: "x", count: 100)
        for size in [1, 7, 1000] {
            #expect(
                pieces("{}\n\(long)\n[]\n", bytesMax: 20) { size } == [
                    "1 {}", "2! a line of more than 20 bytes", "3 []",
                ]
            )
            #expect(
                pieces("[{},\n{\"a\":\"\(long)\"},{\"b\":1}]", bytesMax: 20) { size }
                    == ["1* {}", "2! an element of more than 20 bytes", "2* {\"b\":1}"]
            )
        }
    }
}
