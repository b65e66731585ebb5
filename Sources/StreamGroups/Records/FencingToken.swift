/// What Redis lets one tenure of a partition through by: the lease, with its epoch, and the incarnation under which its entries were read.
///
/// Invariant: no two tenures have the same one, so an end of an earlier tenure is never taken for one of the current.
package struct FencingToken: Sendable, Equatable {
    /// `EPOCH MEMBER`.
    package let lease: String
    package let incarnation: String

    package init(lease: String, incarnation: String) {
        self.lease = lease
        self.incarnation = incarnation
    }
}
