import JSON
import Testing

@Suite struct PointerTests {
    @Test(arguments: [
        ([], ""), (["a"], "/a"), ([""], "/"), (["a", "0", "b"], "/a/0/b"), (["a/b", "c~d"], "/a~1b/c~0d"),
        (["~1"], "/~01"), (["/\u{301}"], "/~1\u{301}"), (["ü 😀"], "/ü 😀"),
    ])
    func isWrittenAsRFC6901Asks(_ keys: [String], _ pointer: String) {
        #expect(Array(JSONPointer.text(keys).utf8) == Array(pointer.utf8))
    }
}
