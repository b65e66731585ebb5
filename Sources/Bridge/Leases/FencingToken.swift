/// What Redis lets one tenure of a partition through by: the lease, with its epoch, and the incarnation under which its entries were read.
///
/// Invariant: no two tenures have the same one, so an end of an earlier tenure is never taken for one of the current.
struct FencingToken: Sendable, Equatable {
    /// `EPOCH MEMBER`.
    let lease: String
    let incarnation: String
}
