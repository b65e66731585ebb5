import Loops
import RedisStreams
import StreamGroups
import Support

extension StreamState {
    /// Notes for others why an entry waits.
    /// - Parameter again: after how long it is tried again; nil when that is up to Loops.
    func attemptFailed(_ id: StreamID, attempts: Int, _ answer: LoopsResponse, again: Duration?) {
        let now = Int64(WallClock.secondsSince1970 * 1000)
        let error = DeliveryError(
            attempts: attempts,
            status: answer.status,
            message: answer.message,
            lastAt: now,
            nextAt: again.map { now + Int64($0 / .milliseconds(1)) },
            member: member,
            requestID: answer.requestID
        )
        attemptFailed(id, error)
    }
}
