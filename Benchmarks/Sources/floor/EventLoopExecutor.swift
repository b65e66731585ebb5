import NIOCore

/// Runs the bridge's tasks on the event loop that its connections live on, so that a request is not handed from thread to thread.
///
/// What the bridge computes between two waits is short (an event is planned in some microseconds), and Loops' limit leaves one core idle; the
/// hops would cost more than the work. Whatever is long or blocks does not belong into the bridge's tasks.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
