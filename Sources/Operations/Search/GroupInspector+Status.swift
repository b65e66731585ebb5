package import Bridge
import RedisStreams
import StreamGroups
import Support

extension GroupInspector {
    /// The stream as Redis alone knows it: no bridge is asked, so whether one is at work is not known, and members may be gone since.
    /// - Throws: `RedisError`.
    package func status() async throws -> StreamStatus {
        let state = try await hash(keys.state)
        var status = StreamStatus(name: keys.stream, partitions: state["partitions"].flatMap { Int($0) } ?? 0)
        let survey = try await StreamSurvey.of(keys, client: client)
        status.take(survey, now: WallClock.secondsSince1970)
        if survey.pending == nil { status.fault = "there is no group \(group)" }
        let members = try await members().keys
        var owners: [Int: String] = [:]
        for (partition, lease) in try await hash(keys.leases) {
            if let partition = Int(partition), let owner = GroupView.Lease(text: lease).owner {
                owners[partition] = String(owner)
            }
        }
        status.replicas = ReplicaStatus.list(members: Array(members), owners: owners, own: nil)
        status.members = members.count
        status.unowned = max(0, status.partitions - owners.count)
        (status.pause, status.isPauseKnown) = (try await currentPause(), true)
        return status
    }
}
