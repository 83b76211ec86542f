internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// What `nix develop` gave for one flake, as it is kept on disk.
struct CapturedEnvironment: Codable, Equatable, Sendable {
    /// Grows with every change of what is kept or filtered.
    static let currentFormat = 1

    var format = currentFormat
    let variables: [String: String]
    /// Everything in Nix's store that the variables mention.
    let storePaths: [String]
    /// The lock file after the evaluation.
    let lock: String?

    /// Whether all of it is still there: a collected store path makes the whole worthless.
    var isUsable: Bool {
        format == Self.currentFormat && storePaths.allSatisfy { FileStamp(of: $0, followingLink: false) != nil }
    }
}

/// Enters a flake's shell once and takes down its environment.
struct ToolchainCapture: Sendable {
    let nix: ToolchainNix
    let cache: ToolchainCache
    /// The environment of the person who runs Drydock.
    let environment: [String: String]
    /// Lines for Nix's configuration.
    let settings: [String]
    /// A flake reference that takes the place of the input `nixpkgs`.
    let nixpkgs: String?
    let limit: Duration

    /// Runs `nix develop` in a folder that holds the flake, its lock and nothing else.
    ///
    /// A flake in a git tree does not see untracked files, and a `path:` reference copies its whole folder; hence the
    /// folder of its own, and hence `path:.`, which no character of the folder's path can break.
    ///
    /// - Parameters:
    ///   - flake: The flake to enter.
    ///   - name: The name of the cache's subfolder for it.
    /// - Returns: The shell's variables without what is not the toolchain's.
    /// - Throws: ``CaptureError``, or what the cache throws.
    func environment(of flake: FlakeSource, as name: String) async throws -> CapturedEnvironment {
        let source = cache.path(name) + "/source"
        let scratch = cache.path(name) + "/scratch"
        for folder in [source, scratch] {
            try? FileManager.default.removeItem(atPath: folder)
            try cache.makeFolder(folder)
        }
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try cache.write(Data(flake.text.utf8), to: name + "/source/flake.nix")
        if let lock = flake.lock { try cache.write(Data(lock.utf8), to: name + "/source/flake.lock") }
        try await checkSyntax(of: flake, in: source, scratch: scratch)
        let variables = try await enter(flake, source, profile: cache.path(name) + "/profile", scratch: scratch)
        let lock = FileManager.default.contents(atPath: source + "/flake.lock")
        return CapturedEnvironment(
            variables: variables,
            storePaths: ToolchainFilter.storePaths(in: variables),
            lock: lock.map { String(decoding: $0, as: UTF8.self) }
        )
    }

    /// A mistake in the text is told apart from a machine on which Nix cannot build.
    private func checkSyntax(of flake: FlakeSource, in source: String, scratch: String) async throws {
        let environment = ToolchainNix.environment(from: environment, settings: settings, scratch: scratch)
        guard let parser = FlakeParser(besides: nix.program, environment: environment),
            let complaint = try await parser.complaint(in: source)
        else { return }
        throw flake.broken(complaint, copiedTo: source)
    }

    private func enter(
        _ flake: FlakeSource,
        _ source: String,
        profile: String,
        scratch: String
    ) async throws -> [String: String] {
        // The profile is a root for Nix's garbage collector, so that the environment outlives a collection.
        var argv = [nix.program, "develop", "path:.", "--profile", profile]
        if let nixpkgs { argv += ["--override-input", "nixpkgs", nixpkgs] }
        // A shell hook may print what it likes: the environment begins behind a mark.
        argv += ["--command", "/bin/sh", "-c", "printf '\\000\(Self.mark)\\000'; exec /usr/bin/env -0"]
        let given = ToolchainNix.environment(from: environment, settings: settings, scratch: scratch)
        let output = try await Subprocess.run(
            argv,
            environment: given,
            directory: source,
            limits: Subprocess.Limits(time: limit, output: 8 << 20)
        )
        if output.timedOut { throw CaptureError.tookTooLong(limit) }
        guard output.succeeded, let variables = Self.variables(in: output.stdout) else {
            throw CaptureError.refused(ToolchainNix.complaint(flake.located(output.errorText, copiedTo: source)))
        }
        return ToolchainFilter.filtered(variables, given: given)
    }

    private static let mark = "drydock-environment"

    /// The variables behind the mark in what `env -0` printed; `nil` without the mark.
    static func variables(in output: [UInt8]) -> [String: String]? {
        let parts = output.split(separator: 0, omittingEmptySubsequences: false)
        guard let start = parts.firstIndex(where: { $0.elementsEqual(mark.utf8) }) else { return nil }
        var variables: [String: String] = [:]
        for part in parts[(start + 1)...] {
            guard let split = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: part[..<split], as: UTF8.self)
            variables[name] = String(validating: part[(split + 1)...], as: UTF8.self)
        }
        return variables
    }
}

/// Why Nix gave no environment.
enum CaptureError: Error, Equatable, CustomStringConvertible {
    case tookTooLong(Duration)
    case refused(String)

    var description: String {
        switch self {
        case .tookTooLong(let limit): "'nix develop' took longer than \(limit.components.seconds) s"
        case .refused(let message): message
        }
    }

    /// Whether the flake itself is at fault, and not the network, the disk or Nix's set-up.
    var blamesFlake: Bool {
        guard case .refused(let message) = self else { return false }
        let words = [
            "attribute '", "undefined variable", "infinite recursion", "is not a function",
            "does not provide attribute",
            "while calling", "cannot coerce", "value is ", "unexpected argument", "called without required argument",
        ]
        return words.contains { message.contains($0) }
    }
}
