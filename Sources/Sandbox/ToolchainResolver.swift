package import Core
internal import FoundationEssentials
internal import HashKit
internal import ProcessKit

/// Which level a run may have.
package enum ToolchainChoice: String, CaseIterable, Codable, Sendable {
    /// The highest that this machine can give: `nix`, else `host-flake`, else `host`.
    case automatic
    /// This one or none.
    case nix
    case hostFlake = "host-flake"
    case host

    func allows(_ level: ToolchainLevel) -> Bool {
        self == .automatic || rawValue == level.rawValue
    }
}

/// How long the programs may take that are asked about toolchains.
package struct ToolchainLimits: Hashable, Sendable {
    /// Whether nixpkgs answers.
    package var probe: Duration = .seconds(1)
    /// Entering a shell with packages from nixpkgs, downloads included.
    package var nixpkgs: Duration = .seconds(900)
    /// Entering the shell of the flake without inputs.
    package var hostFlake: Duration = .seconds(20)
    /// How long a version manager may take to say where a tool is.
    package var shim: Duration = .seconds(5)

    package init() {}
}

/// Finds the toolchain for a project, and remembers what Nix said about it.
///
/// Environments are kept below Drydock's cache folder by the hash of all that they follow from. Several processes may
/// resolve at once: one captures, the others wait for it and read the result.
package struct ToolchainResolver: Sendable {
    private let cache: ToolchainCache
    private let environment: [String: String]
    private let clock: any WallClock
    /// A flake reference in place of the public nixpkgs; `nil` for that.
    package var nixpkgs: String?
    /// Whether nothing may be fetched: of the level `nix`, only what is captured already can be had.
    package var isOffline = false
    private let limits: ToolchainLimits
    private var locator: ToolchainLocator { ToolchainLocator(environment: environment, shimLimit: limits.shim) }

    /// - Parameters:
    ///   - cacheFolder: The absolute path of a folder of Drydock's own; it may not exist yet.
    ///   - environment: The environment of the person who runs Drydock; says where tools are, and is not handed on.
    ///   - nixpkgs: A flake reference in place of the public nixpkgs, such as a mirror or a local checkout.
    ///   - clock: The time, for the age of the probe's answer.
    ///   - limits: How long Nix and the version managers may take.
    package init(
        cacheFolder: String,
        environment: [String: String],
        nixpkgs: String? = nil,
        clock: any WallClock = SystemClock(),
        limits: ToolchainLimits = ToolchainLimits()
    ) {
        cache = ToolchainCache(folder: cacheFolder + "/toolchains")
        self.environment = environment
        self.nixpkgs = nixpkgs
        self.clock = clock
        self.limits = limits
    }

    /// Finds the toolchain of the highest level that is allowed and can be had.
    ///
    /// - Parameters:
    ///   - flake: The stack's flake; without one the level `nix` is passed over.
    ///   - hostFlake: The flake without inputs.
    ///   - tools: The programs that must be there, by their names on `PATH`.
    ///   - choice: The levels that are allowed.
    /// - Returns: The toolchain, with all the tools in it.
    /// - Throws: ``ToolchainError``: tools that are missing, a broken flake of the user's, a level that is not to be had.
    package func resolve(
        flake: FlakeSource?,
        hostFlake: FlakeSource,
        tools: [String],
        choice: ToolchainChoice = .automatic
    ) async throws -> Toolchain {
        let host = try await hostTools(tools)
        guard choice != .host else { return try hostToolchain(host, reason: "asked for") }
        guard let nix = try await ToolchainNix.find(environment: environment, cache: cache) else {
            return try fall(to: host, from: choice, because: "Nix is not installed")
        }
        guard nix.knowsFlakes else {
            return try fall(to: host, from: choice, because: "Nix \(nix.version) is too old for flakes")
        }
        var reason = choice == .hostFlake ? "asked for" : "no flake for the stack"
        if let flake, choice.allows(.nix) {
            switch try await fromNixpkgs(flake, nix: nix, host: host) {
            case .success(let toolchain): return toolchain
            case .failure(let obstacle): reason = obstacle.reason
            }
        }
        guard choice.allows(.hostFlake) else { return try fall(to: host, from: choice, because: reason) }
        switch try await fromHostFlake(hostFlake, nix: nix, host: host, reason: reason) {
        case .success(let toolchain): return toolchain
        case .failure(let obstacle): return try fall(to: host, from: choice, because: obstacle.reason)
        }
    }

    /// The machine's tools; shims are asked again only when something that they depend on has changed.
    private func hostTools(_ names: [String]) async throws -> HostTools {
        let asked = JSONValue.object(locator.relevantEnvironment.mapValues { .string($0) }).text
        let file = "tools-" + Digest.sha256(of: Self.keyText(names + [asked])).hex.prefix(32) + ".json"
        if let known: RememberedHostTools = cache.value(file), known.stamps.allSatisfy(\.isCurrent) {
            return known.tools
        }
        let found = try await locator.locate(names)
        try cache.store(RememberedHostTools(tools: found, stamps: locator.stamps(for: found)), as: file)
        return found
    }

    // MARK: Levels

    /// Why a level cannot be had; the next one is tried.
    private struct Obstacle: Error {
        let reason: String
    }

    private func fromNixpkgs(
        _ flake: FlakeSource,
        nix: ToolchainNix,
        host: HostTools
    ) async throws -> Result<Toolchain, Obstacle> {
        let key = key(.nix, flake, nix, host)
        if let kept = kept(key) { return .success(try combined(.nix, kept, host, key, reason: Self.nixReason)) }
        if isOffline { return .failure(Obstacle(reason: "Drydock is offline, and nothing is captured of the flake")) }
        let probe = ToolchainProbe(
            nix: nix,
            cache: cache,
            environment: environment,
            nixpkgs: nixpkgs,
            clock: clock,
            limit: limits.probe
        )
        if let obstacle = try await probe.obstacle() {
            return .failure(Obstacle(reason: "nixpkgs cannot be reached: \(obstacle)"))
        }
        let capture = ToolchainCapture(
            nix: nix,
            cache: cache,
            environment: environment,
            settings: [],
            nixpkgs: nixpkgs,
            limit: limits.nixpkgs
        )
        do {
            let captured = try await captured(flake, key, by: capture)
            return .success(try combined(.nix, captured, host, key, reason: Self.nixReason))
        } catch let error as CaptureError {
            try blame(flake, for: error)
            if !error.blamesFlake { try probe.remember("\(error)") }
            return .failure(Obstacle(reason: "the flake '\(flake.name.printable)' gave no environment: \(error)"))
        }
    }

    private func fromHostFlake(
        _ flake: FlakeSource,
        nix: ToolchainNix,
        host: HostTools,
        reason: String
    ) async throws -> Result<Toolchain, Obstacle> {
        let key = key(.hostFlake, flake, nix, host)
        let capture = ToolchainCapture(
            nix: nix,
            cache: cache,
            environment: environment,
            settings: Self.offline,
            nixpkgs: nil,
            limit: limits.hostFlake
        )
        do {
            let captured = if let kept = kept(key) { kept } else { try await captured(flake, key, by: capture) }
            return .success(try combined(.hostFlake, captured, host, key, reason: reason))
        } catch let error as CaptureError {
            try blame(flake, for: error)
            return .failure(Obstacle(reason: "Nix cannot enter the host flake: \(error)"))
        }
    }

    private static let nixReason = "nixpkgs can be had"

    /// The settings for a flake without inputs.
    ///
    /// Without a registry, no shell of Nix's own is looked for; without substituters, no server is asked. The flake's
    /// builder is the machine's bash, which a build sandbox would hide.
    private static let offline = ["use-registries = false", "substituters =", "sandbox = false"]

    private func fall(to host: HostTools, from choice: ToolchainChoice, because reason: String) throws -> Toolchain {
        switch choice {
        case .automatic, .host: return try hostToolchain(host, reason: reason)
        case .nix: throw ToolchainError.levelUnavailable(.nix, reason: reason)
        case .hostFlake: throw ToolchainError.levelUnavailable(.hostFlake, reason: reason)
        }
    }

    private func hostToolchain(_ host: HostTools, reason: String) throws -> Toolchain {
        let nothing = CapturedEnvironment(variables: [:], storePaths: [], lock: nil)
        let key = Digest.sha256(of: Self.keyText(["host"] + host.keyParts))
        return try combined(.host, nothing, host, key, reason: reason)
    }

    /// A mistake in a file of the user's is the user's to correct; one of ours must not end a run.
    private func blame(_ flake: FlakeSource, for error: CaptureError) throws {
        guard case .user = flake.origin, error.blamesFlake else { return }
        throw ToolchainError.brokenFlake(name: flake.name, message: "\(error)")
    }

    // MARK: Captured environments

    private func key(_ level: ToolchainLevel, _ flake: FlakeSource, _ nix: ToolchainNix, _ host: HostTools) -> Digest {
        let own = [level.rawValue, flake.text, flake.lock ?? "", nix.program, nix.version, nixpkgs ?? ""]
        return Digest.sha256(of: Self.keyText(own + host.keyParts))
    }

    private static func keyText(_ parts: [String]) -> String {
        JSONValue.array(([CapturedEnvironment.currentFormat.description] + parts).map { .string($0) }).text
    }

    private static func folder(of key: Digest) -> String { String(key.hex.prefix(32)) }

    private func kept(_ key: Digest) -> CapturedEnvironment? {
        let kept: CapturedEnvironment? = cache.value(Self.folder(of: key) + "/environment.json")
        return kept.flatMap { $0.isUsable ? $0 : nil }
    }

    /// Captures, unless somebody else has done so while we waited for the lock.
    private func captured(
        _ flake: FlakeSource,
        _ key: Digest,
        by capture: ToolchainCapture
    ) async throws -> CapturedEnvironment {
        let name = Self.folder(of: key)
        return try await cache.exclusively(name + "/lock", limit: capture.limit + .seconds(30)) {
            if let kept = kept(key) { return kept }
            let captured = try await capture.environment(of: flake, as: name)
            try cache.store(captured, as: name + "/environment.json")
            return captured
        }
    }

    /// One toolchain of what Nix gave and what the machine has; Nix comes first on `PATH`.
    private func combined(
        _ level: ToolchainLevel,
        _ captured: CapturedEnvironment,
        _ host: HostTools,
        _ key: Digest,
        reason: String
    ) throws -> Toolchain {
        let nixFolders = ToolchainFilter.storeFolders(captured.variables["PATH"] ?? "")
        let fromNix = { (name: String) in ExecutableSearch.find(name, path: nixFolders.joined(separator: ":")) }
        let missing = host.missing.filter { fromNix($0) == nil }
        guard missing.isEmpty else { throw ToolchainError.toolsMissing(missing) }
        let usual = ["/usr/local/bin", "/usr/bin", "/bin"]
        let path = nixFolders + host.searchFolders.filter { !usual.contains($0) } + usual
        let tools = host.names.compactMap { name in
            fromNix(name).map { LocatedTool(name: name, path: $0) } ?? host.tools.first { $0.name == name }
        }
        var variables = host.variables.merging(captured.variables) { _, nix in nix }
        variables["PATH"] = path.joined(separator: ":")
        let needsStore = level == .nix || !captured.storePaths.isEmpty
        return Toolchain(
            level: level,
            reason: reason,
            environment: variables,
            toolFolders: (needsStore ? [ToolchainFilter.store] : []) + host.folders,
            tools: tools,
            lock: captured.lock,
            key: key
        )
    }
}
