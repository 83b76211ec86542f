import Core
import Foundation
import Sandbox
import TestSupport

/// A project, a home and the host's tools in a folder of the test's own.
struct TestSite {
    let folder: URL
    let site: BuildSite

    init(in folder: URL = TemporaryDirectory.current) throws {
        self.folder = folder.resolvingSymlinksInPath()
        let tree = self.folder.appending(path: "project")
        try FileManager.default.createDirectory(
            at: tree.appending(path: ".git/hooks"),
            withIntermediateDirectories: true
        )
        try Data("[core]\n".utf8).write(to: tree.appending(path: ".git/config"))
        site = BuildSite(
            tree: tree.path,
            protectedPaths: [tree.path + "/.git"],
            home: self.folder.path + "/home",
            toolchain: Self.hostToolchain
        )
    }

    /// One for all tests of a user: what lies there goes by its content.
    static var cache: String { FileManager.default.temporaryDirectory.path + "/drydock-tests-\(geteuid())" }

    static var hostToolchain: Toolchain {
        Toolchain(
            level: .host,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            toolFolders: [],
            key: Digest(bytes: [UInt8](repeating: 0, count: Digest.size)) ?? { preconditionFailure() }()
        )
    }

    var tree: String { site.tree }

    static func shell(
        _ script: String,
        profile: CommandProfile = .build,
        limits: CommandLimits = CommandLimits(wallClock: 20)
    ) -> Command {
        Command(argv: ["sh", "-c", script], profile: profile, limits: limits)
    }
}
