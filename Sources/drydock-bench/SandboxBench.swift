internal import Core
internal import FoundationEssentials
internal import ProcessKit
internal import Sandbox

/// A sandboxed `true` beside bubblewrap alone with the same namespaces.
enum SandboxBench {
    private static let rounds = 200

    /// What a person would write by hand: the same namespaces, the same powers taken, the system visible.
    private static let alone = [
        "bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--unshare-net", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "drydock",
        "--uid", "1000", "--gid", "1000", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin",
        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/etc", "/etc",
        "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
    ]

    static func run() async throws {
        let folder = "/dev/shm/drydock-bench-sandbox-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder + "/project/.git", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
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
        let runner = try BubblewrapRunner(hiding: [])
        let command = Command(argv: ["true"], profile: .build)
        let helper = alone + ["--bind", site.tree, site.tree, "--chdir", site.tree, "true"]
        var bare: [Double] = []
        var sandboxed: [Double] = []
        // In turns, so that whatever else the machine does meets both.
        for _ in 0..<rounds {
            bare.append(try await time { _ = try await Subprocess.run(helper, environment: ["PATH": "/usr/bin:/bin"]) })
            sandboxed.append(try await time { _ = try await runner.run(command, in: site) })
        }
        let medians = (bare.sorted()[rounds / 2], sandboxed.sorted()[rounds / 2])
        print("bubblewrap alone  \(rounded(medians.0)) ms")
        print("sandboxed true    \(rounded(medians.1)) ms   \(rounded(medians.1 / medians.0)) x (bound: 1.5)")
    }

    private static func time(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
