package import Core

/// Where a run's compilers and interpreters come from.
package enum ToolchainLevel: String, Codable, CaseIterable, Sendable {
    /// The stack's flake, with packages from nixpkgs.
    case nix
    /// Drydock's own flake without inputs, and the machine's tools.
    case hostFlake = "host-flake"
    /// The machine's tools alone.
    case host
}

/// A tool that was asked for, and the file that it is.
package struct LocatedTool: Codable, Hashable, Sendable {
    /// The name on `PATH`, such as `cargo`.
    package let name: String
    /// The absolute path of that name in one of the toolchain's folders.
    package let path: String

    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}

/// What a command needs in order to find its compiler: an environment, and the folders behind it.
package struct Toolchain: Codable, Hashable, Sendable {
    package let level: ToolchainLevel
    /// Why it is this level and no higher one, in one sentence.
    package let reason: String
    /// The variables that the tools need, `PATH` among them; never `HOME`, `TMPDIR` or the like.
    package let environment: [String: String]
    /// Absolute paths outside /usr that have to be visible, read-only, in a sandbox.
    package let toolFolders: [String]
    /// The tools that were asked for, in that order.
    package let tools: [LocatedTool]
    /// The text of the flake's lock file, where Nix wrote or used one.
    package let lock: String?
    /// The hash of everything that the environment follows from.
    package let key: Digest

    package init(
        level: ToolchainLevel,
        reason: String = "",
        environment: [String: String],
        toolFolders: [String],
        tools: [LocatedTool] = [],
        lock: String? = nil,
        key: Digest
    ) {
        self.level = level
        self.reason = reason
        self.environment = environment
        self.toolFolders = toolFolders
        self.tools = tools
        self.lock = lock
        self.key = key
    }
}
