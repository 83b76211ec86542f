/// What went wrong, in the few words that a shell understands.
///
/// Every module has an error type of its own; each says which kind it is. Only
/// the edges turn a kind into a number.
package enum FaultKind: String, CaseIterable, Codable, Sendable {
    /// The run or the command failed for a reason that no other kind names.
    case failed
    /// A command line or an input that makes no sense.
    case usage
    /// A setting, guide, flake or pipeline that cannot be used.
    case configuration
    /// Something was made, but a check of it did not pass or could not run.
    case unverified
    case policy
    case awaitingApproval
    /// A budget or another limit is used up.
    case limit
    case sandboxUnavailable
    /// A store or a snapshot is damaged, or a newer version made it.
    case damaged
    case notFound
    /// Another process owns the run.
    case busy
    case diskFull
    case cancelled
    /// A mistake of Drydock's own.
    case internalFault
}

extension FaultKind {
    /// The status with which the command line ends.
    package var exitStatus: Int32 {
        switch self {
        case .failed, .internalFault: 1
        case .usage: 2
        case .configuration: 3
        case .unverified: 4
        case .policy: 5
        case .awaitingApproval: 6
        case .limit: 7
        case .sandboxUnavailable: 8
        case .damaged: 9
        case .notFound: 10
        case .busy: 11
        case .diskFull: 12
        case .cancelled: 130
        }
    }
}

/// Who has to act on a failure; the classes are never mixed.
package enum FailureClass: String, CaseIterable, Codable, Sendable {
    /// The machine, a provider or a store: retried, parked, resumed; never shown to a model as its mistake.
    case infrastructure
    /// Refused by a rule, which the message names.
    case policy
    /// An answer of a model that does not fit its schema.
    case contract
    /// A command, test or review failed: the only class that starts a repair.
    case quality
    /// Bad input or configuration.
    case user
}

/// An error that a person gets to read.
package protocol ReportableError: Error, CustomStringConvertible, Sendable {
    /// The kind, from which the exit status follows.
    var kind: FaultKind { get }

    /// Who has to act; follows from the kind unless a type knows better.
    var failureClass: FailureClass { get }

    /// One sentence that says what the reader can do, or `nil` when nothing helps.
    var hint: String? { get }
}

extension ReportableError {
    package var hint: String? { nil }

    package var failureClass: FailureClass {
        switch kind {
        case .usage, .configuration, .notFound: .user
        case .policy, .awaitingApproval, .limit: .policy
        case .unverified: .quality
        case .failed, .sandboxUnavailable, .damaged, .busy, .diskFull, .cancelled, .internalFault: .infrastructure
        }
    }
}
