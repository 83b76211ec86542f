/// What a command is for, from which follows what it may reach.
package enum CommandProfile: String, CaseIterable, Codable, Sendable {
    /// Lays out a new project with the stack's own tool.
    case scaffold
    /// Fetches packages and runs no project code: the only profile with a network.
    case fetch
    case prepare
    case build
    case test
    case run

    package var hasNetwork: Bool { self == .fetch }
}
