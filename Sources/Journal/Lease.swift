package import Core

/// The right of one process to write to a run, until it is released, expires or its holder dies.
package struct Lease: Sendable, Equatable {
    package let run: RunID
    /// Grows with each change of hands: an append under an older token is refused.
    package let token: Int64
    package let owner: ProcessIdentity
    /// Milliseconds since 1970.
    package let expires: Int64
    /// Milliseconds from a renewal to the expiry.
    package let duration: Int64

    package init(run: RunID, token: Int64, owner: ProcessIdentity, expires: Int64, duration: Int64) {
        self.run = run
        self.token = token
        self.owner = owner
        self.expires = expires
        self.duration = duration
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
