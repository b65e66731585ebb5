@testable import Bridge
@testable import StreamGroups

/// The fault that a call ends with; nil when it does not.
func groupFault(_ body: () async throws -> Void) async throws -> GroupError? {
    do {
        try await body()
        return nil
    } catch let fault as GroupError {
        return fault
    }
}
