internal import Core

/// Something that carries out commands.
///
/// A command that fails, hangs or uses up a limit is a ``CommandResult``; only a fault of the machine or a refusal
/// is thrown. When the calling task is cancelled, the command is ended within a second and the result says so.
package protocol CommandRunner: Sendable {
    /// How commands are kept apart from the machine.
    var isolation: Isolation { get }

    /// - Parameters:
    ///   - command: What to run.
    ///   - site: Where.
    ///   - onLine: Gets the lines of the output as they come, raw and cut to 4 KiB; must be quick. Of a flood it gets a part.
    /// - Returns: How it ended, also when it failed or was ended.
    /// - Throws: ``SandboxError`` or another fault of the machine.
    func run(
        _ command: Command,
        in site: BuildSite,
        onLine: @escaping @Sendable (String) -> Void
    ) async throws -> CommandResult
}

extension CommandRunner {
    package func run(_ command: Command, in site: BuildSite) async throws -> CommandResult {
        try await run(command, in: site) { _ in }
    }
}

/// How commands are kept apart from the machine.
package enum Isolation: String, CaseIterable, Codable, Sendable {
    case bubblewrap
    /// Not at all: only at a person's explicit wish.
    case none
}

/// The place that a command works in.
package struct BuildSite: Sendable {
    /// The real path of the project's work tree.
    package var tree: String
    /// Real paths that are visible and cannot be written: git folders, also those outside the tree.
    package var protectedPaths: [String]
    /// The private home of the run, on disk; made when it does not exist.
    package var home: String
    package var toolchain: Toolchain
    /// What a command here gets beyond what every command gets; `nil`, as for all that a project runs, gives nothing.
    ///
    /// With it a command's two outputs are kept apart: ``CommandResult/errors``.
    package var access: CommandAccess?
    /// Whether no command has a network here, whatever its profile; takes a sandbox.
    package var isOffline: Bool

    package init(
        tree: String,
        protectedPaths: [String],
        home: String,
        toolchain: Toolchain,
        access: CommandAccess? = nil,
        isOffline: Bool = false
    ) {
        self.tree = tree
        self.protectedPaths = protectedPaths
        self.home = home
        self.toolchain = toolchain
        self.access = access
        self.isOffline = isOffline
    }

    func hasNetwork(for command: Command) -> Bool {
        !isOffline && (command.profile.hasNetwork || access?.network == true)
    }
}
