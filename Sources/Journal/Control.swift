/// What another process asks of a run's owner.
package enum Control: String, Sendable, CaseIterable {
    case pause
    case cancel

    package var kind: EventKind {
        switch self {
        case .pause: .controlPause
        case .cancel: .controlCancel
        }
    }

    package init?(_ kind: EventKind) {
        switch kind {
        case .controlPause: self = .pause
        case .controlCancel: self = .cancel
        default: return nil
        }
    }
}
