internal import Core
internal import ProcessKit

extension MachineInspection {
    // MARK: Nix

    func nix() async -> [MachineReport.Finding] {
        let cache = ToolchainCache(folder: cacheFolder + "/toolchains")
        let install = "run 'scripts/setup', or: apt-get install nix-bin; without it the machine's own tools are used"
        do {
            guard let nix = try await ToolchainNix.find(environment: environment, cache: cache) else {
                return [.warning("nix", "not installed, or does not answer", remedy: install)]
            }
            guard nix.knowsFlakes else {
                return [.warning("nix", "\(nix.version) is too old for flakes", remedy: install)]
            }
            let shell = await flakes(nix)
            guard shell.status == .ok else { return [shell] }
            return [shell, try await nixpkgs(nix, cache)]
        } catch {
            return [.warning("nix", "\(error)", remedy: install)]
        }
    }

    /// Whether the host flake can be entered, which takes a store that can be written and a builder that works.
    private func flakes(_ nix: ToolchainNix) async -> MachineReport.Finding {
        var limits = ToolchainLimits()
        limits.hostFlake = limit
        let resolver = ToolchainResolver(cacheFolder: cacheFolder, environment: environment, limits: limits)
        let hasDaemon = FileStamp(of: "/nix/var/nix/daemon-socket/socket") != nil
        let mode = hasDaemon && !KernelFeatures.isRoot ? "by the daemon" : "single user"
        do {
            _ = try await resolver.resolve(flake: nil, hostFlake: hostFlake, tools: [], choice: .hostFlake)
            return .ok("nix", "\(nix.program), \(nix.version), \(mode), flakes work")
        } catch {
            let remedy = "ordinary users need the daemon: apt-get install nix-setup-systemd, and the group nix-users"
            return .warning("nix", "\(nix.version), \(mode): \(error)", remedy: remedy)
        }
    }

    private func nixpkgs(_ nix: ToolchainNix, _ cache: ToolchainCache) async throws -> MachineReport.Finding {
        guard !isOffline else { return .ok("nixpkgs", "not asked, because Drydock is offline") }
        let probe = ToolchainProbe(
            nix: nix,
            cache: cache,
            environment: environment,
            nixpkgs: nixpkgs,
            clock: SystemClock()
        )
        guard let obstacle = try await probe.obstacle() else { return .ok("nixpkgs", "can be had") }
        let remedy =
            "connect to the network, or name a local nixpkgs in the configuration; the machine's tools serve too"
        return .warning("nixpkgs", obstacle, remedy: remedy)
    }

    // MARK: Stacks

    /// One finding for each stack, in their order; at most four are looked at side by side.
    func toolchains() async -> [MachineReport.Finding] {
        var findings: [MachineReport.Finding] = []
        for start in stride(from: 0, to: stacks.count, by: 4) {
            let some = Array(stacks[start..<min(start + 4, stacks.count)])
            findings += await withTaskGroup(of: (Int, MachineReport.Finding).self) { group in
                for (index, stack) in some.enumerated() {
                    group.addTask { (index, await toolchain(stack)) }
                }
                return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
        return findings
    }

    private func toolchain(_ stack: MachineReport.Stack) async -> MachineReport.Finding {
        let name = "toolchain \(stack.name)"
        let remedy = Self.remedy(for: stack)
        do {
            let host = try await ToolchainLocator(environment: environment, shimLimit: limit).locate(stack.tools)
            guard host.missing.isEmpty else {
                let missing = host.missing.joined(separator: ", ")
                return .warning(name, "not found: \(missing)", remedy: remedy)
            }
            guard let first = host.tools.first else { return .ok(name, "needs no tool") }
            guard let version = try await version(of: first, among: host) else {
                return .warning(name, "\(first.path) does not say its version", remedy: remedy)
            }
            return .ok(name, "\(first.path), \(version)")
        } catch {
            return .warning(name, "\(error)", remedy: remedy)
        }
    }

    private static func remedy(for stack: MachineReport.Stack) -> String {
        if stack.tools.contains("swift") { return "get Swift from https://www.swift.org/install/linux/" }
        guard !stack.packages.isEmpty else { return "install \(stack.tools.joined(separator: ", "))" }
        return "run 'scripts/setup --all', or: apt-get install \(stack.packages.joined(separator: " "))"
    }

    /// The first line of what a tool says of its version.
    private func version(of tool: LocatedTool, among host: HostTools) async throws -> String? {
        let question = ["go": "version", "java": "-version", "javac": "-version"][tool.name] ?? "--version"
        let path = (host.searchFolders + ["/usr/local/bin", "/usr/bin", "/bin"]).joined(separator: ":")
        var variables = host.variables.merging(["PATH": path, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]) { $1 }
        variables["GOTOOLCHAIN"] = "local"
        let output = try await Subprocess.run(
            [tool.path, question],
            environment: variables,
            directory: "/",
            limits: Subprocess.Limits(time: limit, output: 16 << 10)
        )
        guard output.succeeded else { return nil }
        // Maven, for one, writes colours even where there is no terminal.
        let text = ProgramOutput.plain(output.text.isEmpty ? output.errorText : output.text)
        return text.split(separator: "\n").first.map { String($0.prefix(100)) }
    }
}
