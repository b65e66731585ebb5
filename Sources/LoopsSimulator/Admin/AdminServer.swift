import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// `/__sim/`: inspection and control over HTTP, on its own port.
struct AdminServer: Sendable {
    let simulator: LoopsSimulator
    let logger: Logger

    func run(host: String, port: Int, whenBound: @escaping @Sendable (Int) -> Void) async throws {
        var quiet = logger
        // Hummingbird announces its address; the simulator does so itself, for both ports.
        quiet.logLevel = max(.warning, logger.logLevel)
        let application = Application(
            router: router(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in whenBound(channel.localAddress?.port ?? port) },
            logger: quiet
        )
        try await application.run()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/") { _, _ in answer(Self.index) }
        let group = router.group("__sim")
        addInspection(to: group)
        addControl(to: group)
        addFaults(to: group)
        return router
    }

    /// What a person who opens the port finds: where to look.
    private static let index: JSONValue = [
        "name": "Loops simulator",
        "look": .array(
            [
                "stats", "requests", "effects", "contacts", "contact?email=", "violations", "ratelimit", "idempotency",
                "config",
            ].map { .string("/__sim/\($0)") }
        ),
    ]

    /// The body of a request as an object; an empty body is an empty object.
    func object(of request: Request) async throws -> JSONObject {
        let bytes = Array(try await request.body.collect(upTo: 4 * 1024 * 1024).readableBytesView)
        if bytes.isEmpty { return JSONObject() }
        guard let object = (try? JSONParser.parse(bytes))?.objectValue else {
            throw AdminError("the body must be a JSON object")
        }
        return object
    }

    func answer(_ body: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.serialized() + [UInt8(ascii: "\n")]))
        )
    }

    /// Runs a handler and answers what it throws with 400 and what is wrong.
    func guarded(_ work: () async throws -> Response) async -> Response {
        do {
            return try await work()
        } catch let fault as AdminError {
            return answer(["error": .string(fault.text)], status: .badRequest)
        } catch let faults as SettingFaults {
            return answer(["error": .array(faults.faults.map { .string($0) })], status: .badRequest)
        } catch {
            return answer(["error": .string("\(error)")], status: .badRequest)
        }
    }
}

/// What is wrong with an admin request.
struct AdminError: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

extension Request {
    /// A number from the query, or a default.
    func number(_ name: String, default fallback: Int64) throws(AdminError) -> Int64 {
        guard let text = uri.queryParameters[Substring(name)] else { return fallback }
        guard let number = Int64(text) else { throw AdminError("\(name): '\(text)' is not a number") }
        return number
    }

    func text(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }
}
