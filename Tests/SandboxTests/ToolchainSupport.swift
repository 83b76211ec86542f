import Core
import Foundation
import ProcessKit
import Sandbox
import TestSupport

/// Programs and folders that the toolchain's tests lay out.
enum ToolchainSupport {
    /// The top of the repository.
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let realNix = ExecutableSearch.find("nix", path: "/usr/bin:/nix/var/nix/profiles/default/bin")

    /// Whether Nix is here and lets us build: an ordinary user needs its daemon.
    static func nixWorks() async -> Bool {
        guard let realNix else { return false }
        let argv = [realNix, "--extra-experimental-features", "nix-command", "store", "ping"]
        let output = try? await Subprocess.run(argv, environment: ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin"])
        return output?.succeeded == true
    }

    /// A flake of the repository, as the built-in collection has it.
    static func flake(_ name: String) throws -> FlakeSource {
        let file = repository.appending(path: "flakes/\(name)/flake.nix")
        return .builtIn(name: name, text: try String(contentsOf: file, encoding: .utf8))
    }

    /// The folder of the running test.
    static var folder: String { TemporaryDirectory.current.resolvingSymlinksInPath().path }

    /// Makes an executable script and the folders above it, and returns its path.
    @discardableResult
    static func script(_ path: String, _ text: String) throws -> String {
        let place = path.hasPrefix("/") ? path : folder + "/" + path
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try "#!/bin/sh\n\(text)\n".write(toFile: place, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place)
        return place
    }

    static func link(_ path: String, to target: String) throws {
        try FileManager.default.createDirectory(
            atPath: (folder + "/" + path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(atPath: folder + "/" + path, withDestinationPath: target)
    }

    /// An environment in which nothing but `folders`, relative to the test's own, and Debian's are searched.
    static func environment(path folders: String..., home: String = "home") -> [String: String] {
        [
            "PATH": (folders.map { folder + "/" + $0 } + ["/usr/bin", "/bin"]).joined(separator: ":"),
            "HOME": folder + "/" + home,
        ]
    }

    /// A `nix` that writes down how it was called and then is the real one.
    static func countingNix() throws {
        try script("bin/nix", "echo \"$*\" >> \(folder)/calls\nexec \(realNix ?? "nix") \"$@\"")
    }

    /// How often the counting `nix` was called with this as its first word.
    static func calls(_ word: String) -> Int {
        let text = (try? String(contentsOfFile: folder + "/calls", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count { $0.hasPrefix(word) }
    }

    /// Limits that hold on a busy machine too, for tests that are not about limits.
    static let patient = {
        var limits = ToolchainLimits()
        limits.probe = .seconds(60)
        limits.hostFlake = .seconds(60)
        limits.shim = .seconds(60)
        return limits
    }()

    static func resolver(
        _ environment: [String: String],
        nixpkgs: String? = "path:/nowhere/at/all",
        clock: any WallClock = SystemClock(),
        limits: ToolchainLimits = patient
    ) -> ToolchainResolver {
        ToolchainResolver(
            cacheFolder: folder + "/cache",
            environment: environment,
            nixpkgs: nixpkgs,
            clock: clock,
            limits: limits
        )
    }
}
