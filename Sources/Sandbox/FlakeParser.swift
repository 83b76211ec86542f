internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// Nix's parser: it reads the text of a flake, and evaluates nothing of it.
package struct FlakeParser: Sendable {
    private let program: String
    private let environment: [String: String]

    /// - Returns: `nil` when no parser lies beside that `nix`.
    init?(besides nix: String, environment: [String: String]) {
        program = ToolchainLinks.folder(of: nix) + "/nix-instantiate"
        self.environment = environment
        guard FileStamp(of: program) != nil else { return nil }
    }

    /// The parser of this machine; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - ours: The environment of the person who runs Drydock.
    ///   - scratch: An existing folder for Nix's temporary files.
    package init?(environment ours: [String: String], scratch: String) {
        guard let nix = ToolchainNix.path(environment: ours) else { return nil }
        let environment = ToolchainNix.environment(from: ours, settings: [], scratch: scratch)
        self.init(besides: nix, environment: environment)
    }

    /// What is wrong with the text of a flake, or `nil`.
    ///
    /// - Parameters:
    ///   - flake: The flake.
    ///   - folder: A folder that is to hold a copy of the text and nothing else.
    /// - Returns: A fault of the kind configuration that names file and line.
    /// - Throws: What keeps Nix from being run.
    package func fault(in flake: FlakeSource, copyingTo folder: String) async throws -> ToolchainError? {
        try Data(flake.text.utf8).write(to: URL(filePath: folder + "/flake.nix"))
        return try await complaint(in: folder).map { flake.broken($0, copiedTo: folder) }
    }

    /// What Nix says of the `flake.nix` in a folder when its syntax is wrong.
    func complaint(in folder: String) async throws -> String? {
        let output = try await Subprocess.run(
            [program, "--parse", "./flake.nix"],
            environment: environment,
            directory: folder,
            limits: Subprocess.Limits(time: .seconds(10), output: 1 << 20)
        )
        let isWrong = !output.succeeded && !output.timedOut && output.errorText.contains("syntax error")
        return isWrong ? output.errorText : nil
    }
}

extension FlakeSource {
    /// What a person reads of a complaint of Nix about this flake.
    func broken(_ complaint: String, copiedTo folder: String) -> ToolchainError {
        .brokenFlake(name: name, message: ToolchainNix.complaint(located(complaint, copiedTo: folder)))
    }
}
