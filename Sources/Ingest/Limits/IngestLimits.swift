/// How much a request may hold. What is over a limit is refused as a whole, with 400: an SDK keeps what is answered with 413, and sends it for ever.
package struct IngestLimits: Sendable, Equatable {
    /// The body as it comes and after decompression, in bytes. RudderStack's SDKs send up to 4 MB, Segment's a little over 500,000 bytes.
    package var bodyBytes: Int
    /// Events of one batch. Segment's limit.
    package var events: Int
    /// Arrays and objects within each other.
    package var nesting: Int
    /// How many times its compressed size a body may have. gzip itself ends at about 1,030.
    package var compressionRatio: Int
    /// A ratio counts only above this size: little bodies of one repeated character are no attack.
    package var ratioFreeBytes: Int

    package init(
        bodyBytes: Int = 1 << 20,
        events: Int = 2500,
        nesting: Int = 512,
        compressionRatio: Int = 100,
        ratioFreeBytes: Int = 64 << 10
    ) {
        self.bodyBytes = bodyBytes
        self.events = events
        self.nesting = nesting
        self.compressionRatio = compressionRatio
        self.ratioFreeBytes = ratioFreeBytes
    }
}
