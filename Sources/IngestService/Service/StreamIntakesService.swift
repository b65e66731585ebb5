import ServiceLifecycle

/// The streams' intakes as a part of the program: they stop after the server, once everything that was held is answered.
struct StreamIntakesService: Service {
    let streams: StreamIntakes

    func run() async throws {
        await withGracefulShutdownHandler {
            await streams.run()
        } onGracefulShutdown: {
            streams.stop()
        }
    }
}
