import JSON
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("JSON depth")
struct DepthTests {
    /// Parses, compares, writes and releases 512 levels; true when everything came back as expected.
    private static func exercise() -> Bool {
        let opening = String(repeating: "[{\"a\":", count: 256)
        let text = opening + "1" + String(repeating: "}]", count: 256)
        guard let value = try? JSONParser.parse(text), let twin = try? JSONParser.parse(text) else { return false }
        return value == twin && value.isNumericallyEqual(to: twin) && value.jsonText == text
            && value.serialized(pretty: true, javaScriptKeyOrder: true).count > text.utf8.count
    }

    /// Optimised code needs under 100 KB; the frames of a debug build are up to twelve times as large.
    private static var stackBytes: Int {
        #if DEBUG
            2048 * 1024
        #else
            512 * 1024
        #endif
    }

    @Test("the default depth fits a thread of 512 KB")
    func smallStack() async {
        let isRight = await withCheckedContinuation { continuation in
            let work = Unmanaged.passRetained(Work { continuation.resume(returning: Self.exercise()) })
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            pthread_attr_setstacksize(&attributes, Self.stackBytes)
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
            var thread = pthread_t()
            let status = pthread_create(
                &thread,
                &attributes,
                { argument in
                    if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                    return nil
                },
                work.toOpaque()
            )
            if status != 0 {
                work.release()
                continuation.resume(returning: false)
            }
        }
        #expect(isRight)
    }

    private final class Work {
        let body: () -> Void
        init(body: @escaping () -> Void) { self.body = body }
    }
}
