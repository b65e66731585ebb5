import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Puts the parts of one answer together, as far as they came.
final class AnswerCollector: HTTPClientResponseDelegate {
    /// An answer's head with the body that came after it.
    struct Answer: Sendable {
        var head: HTTPResponseHead
        var body = ByteBuffer()
    }

    private let maxBytes: Int
    private let answer = Mutex<Answer?>(nil)

    /// - Parameter maxBytes: the most of a body that is read.
    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    /// What came so far; nil without a head.
    var received: Answer? { answer.withLock { $0 } }

    func didReceiveHead(task: HTTPClient.Task<Answer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        answer.withLock { $0 = Answer(head: head) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Answer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let hasRoom = answer.withLock { answer in
            guard let length = answer?.body.readableBytes, length + buffer.readableBytes <= maxBytes else {
                return false
            }
            var buffer = buffer
            answer?.body.writeBuffer(&buffer)
            return true
        }
        let eventLoop = task.eventLoop
        return hasRoom
            ? eventLoop.makeSucceededVoidFuture()
            : eventLoop.makeFailedFuture(NIOTooManyBytesError(maxBytes: maxBytes))
    }

    func didFinishRequest(task: HTTPClient.Task<Answer>) throws -> Answer {
        // A request without a head does not finish.
        guard let received else { throw HTTPClientError.remoteConnectionClosed }
        return received
    }
}
