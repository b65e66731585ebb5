import Hummingbird
import JSON

/// `/access.json`: what the token of who asks lets them do, and which tokens there are.
struct AccessRoutes: Sendable {
    /// nil: nobody sees more than anyone.
    let gate: TokenGate?

    func add(to router: Router<AdminRequestContext>) {
        router.get("/access.json") { request, context in
            await GuardedResponse.of(request, context, gate, for: "access") { access in
                GuardedResponse.json([
                    "access": .string(access.name),
                    "viewToken": .bool(gate?.tokens.view != nil),
                    "controlToken": .bool(gate?.tokens.control != nil),
                ])
            }
        }
    }
}
