import CHiredis

/// hiredis' protocol parser: bytes in, replies out. Owns the C reader; no pointer leaves this file.
///
/// hiredis calls back for every part of a reply, so that no C tree is made that would be copied and freed. It refuses arrays that are nested
/// more than 7 deep (hiredis 0.14). Not thread-safe; lives on its connection's event loop.
final class ReplyReader {
    /// What made further parsing impossible. The connection has to be replaced.
    enum Fault: Error, Equatable {
        case notTheProtocol(String)
        case tooLarge(LargeReply)
    }

    private let reader: UnsafeMutablePointer<redisReader>?
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let maxBytes: Int
    private var bytesSinceCall = 0
    private var builder = ReplyBuilder()

    /// - Parameter maxBytes: the most that the replies to one call may have.
    init(maxBytes: Int = 1 << 30) {
        self.maxBytes = maxBytes
        functions = .allocate(capacity: 1)
        functions.initialize(to: Self.callbacks)
        reader = redisReaderCreateWithFunctions(functions)
        reader?.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        if let reader { redisReaderFree(reader) }
        functions.deinitialize(count: 1)
        functions.deallocate()
    }

    /// What comes now belongs to another call. What came with the last reply of it is a part of one read, and small against the limit.
    func beginCall() {
        bytesSinceCall = 0
    }

    /// Adds what was read from the connection.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        bytesSinceCall += bytes.count
        guard redisReaderFeed(reader, base.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK else {
            throw fault
        }
    }

    /// The next complete reply; nil when more bytes are needed.
    func next() throws(Fault) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw fault }
        guard reply != nil, let value = builder.takeFinished() else {
            guard bytesSinceCall <= maxBytes else {
                throw .tooLarge(LargeReply(limit: maxBytes, first: builder.firstPart))
            }
            return nil
        }
        return value
    }

    private var fault: Fault {
        guard let reader else { return .notTheProtocol("out of memory") }
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .notTheProtocol(text)
    }

    private func add(_ text: UnsafeRawBufferPointer, type: Int32) {
        switch type {
        case REDIS_REPLY_STATUS: builder.add(.status(String(decoding: text, as: UTF8.self)))
        case REDIS_REPLY_ERROR: builder.add(.error(RedisServerError(String(decoding: text, as: UTF8.self))))
        default: builder.add(.bulk(Bytes(text)))
        }
    }

    /// The reader that a task of hiredis belongs to. It outlives the task: it owns the C reader.
    private static func owner(_ task: UnsafePointer<redisReadTask>?) -> ReplyReader? {
        task?.pointee.privdata.map { Unmanaged<ReplyReader>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What hiredis takes for an object of ours. It only looks whether it is NULL, which would mean that memory has run out.
    private static var token: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    private static var callbacks: redisReplyObjectFunctions {
        var functions = redisReplyObjectFunctions()
        functions.createString = { task, text, length in
            guard let task, let owner = ReplyReader.owner(task) else { return nil }
            owner.add(UnsafeRawBufferPointer(start: text, count: length), type: task.pointee.type)
            return ReplyReader.token
        }
        functions.createArray = { task, count in
            guard let owner = ReplyReader.owner(task) else { return nil }
            owner.builder.openArray(count: Int(count))
            return ReplyReader.token
        }
        functions.createInteger = { task, value in
            guard let owner = ReplyReader.owner(task) else { return nil }
            owner.builder.add(.integer(value))
            return ReplyReader.token
        }
        functions.createNil = { task in
            guard let owner = ReplyReader.owner(task) else { return nil }
            owner.builder.add(.null)
            return ReplyReader.token
        }
        functions.freeObject = { _ in }
        return functions
    }
}
