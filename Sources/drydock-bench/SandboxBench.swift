internal import Core
internal import FoundationEssentials
internal import ProcessKit
internal import Sandbox

/// A sandboxed `true` beside bubblewrap alone with the same namespaces.
enum SandboxBench {
    private static let rounds = 201
    /// bubblewrap alone returns while the kernel is still taking its namespaces down; Drydock returns after that, and
    /// would otherwise pay for the peer's as well.
    private static let pause = Duration.milliseconds(5)

    /// What a person would write by hand: the same namespaces, the same powers taken, the system visible.
    private static let alone = [
        "bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--unshare-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "drydock",
        "--uid", "1000", "--gid", "1000", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin",
        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/etc", "/etc",
        "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
    ]

    static func run(_ place: BenchPlace) async throws -> [Figure] {
        guard Measuring.exists("bwrap") else { return [] }
        let folder = place.folder
        try FileManager.default.createDirectory(atPath: folder + "/project/.git", withIntermediateDirectories: true)
        let toolchain = Toolchain(
            level: .host,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            toolFolders: [],
            key: Digest(bytes: [UInt8](repeating: 0, count: Digest.size)) ?? { preconditionFailure("a digest") }()
        )
        let site = BuildSite(
            tree: folder + "/project",
            protectedPaths: [folder + "/project/.git"],
            home: folder + "/home",
            toolchain: toolchain
        )
        let runner = try BubblewrapRunner(hiding: [], cache: folder + "/cache")
        let command = Command(argv: ["true"], profile: .build)
        let helper = alone + ["--bind", site.tree, site.tree, "--chdir", site.tree, "true"]
        let (ours, peer) = try await Measuring.inTurns(rounds: rounds, pause: pause) { _ in
            let result = try await runner.run(command, in: site)
            guard result.exitCode == 0 else { throw BenchError(line: "true", output: result.output) }
        } _: { _ in
            let output = try await Subprocess.run(helper, environment: ["PATH": "/usr/bin:/bin"])
            guard output.succeeded else { throw BenchError(line: "bwrap", output: output.errorText) }
        }
        return [Figure(what: "sandboxed true", ours: ours, peer: ("bwrap", peer), limit: .binding(1.5))]
    }
}
