import Core
import Foundation
import ProcessKit
import Sandbox
import SeccompKit
import Testing

/// The part of a sandbox that stops an escape; a program that escapes without it shows what it is for.
enum Layer: String, Sendable {
    case filter
    case mounts
    case protection
    case processes
    case network
    case ipc
    case capabilities
    case cleanEnvironment
    case descriptors
    case everyNamespace
}

/// A known way out of a sandbox.
struct Escape: Sendable, CustomTestStringConvertible {
    enum Program: Sendable {
        case shell(String)
        /// The body of `main`; `won()` says that the escape worked.
        case c(String)
        /// The body of a function that runs in every program which loads the library; `PROOF` is a file outside.
        case library(String)
    }

    var name: String
    var layer: Layer
    var program: Program
    var profile = CommandProfile.build
    /// Whether it needs what only root has, with the layer or without it.
    var onlyAsRoot = false
    /// Takes the layer away.
    var off: @Sendable (inout SandboxSetup, EscapePlace) -> Void

    var testDescription: String { name }

    /// An escape that the filter of system calls stops.
    static func filtered(_ name: String, _ program: Program) -> Escape {
        Escape(name: name, layer: .filter, program: program) { setup, _ in setup.filter = nil }
    }

    /// An escape that is stopped because a folder of `place` cannot be seen.
    static func hidden(
        _ name: String,
        _ script: String,
        onlyAsRoot: Bool = false,
        show path: @escaping @Sendable (EscapePlace) -> String,
        writable: Bool = false
    ) -> Escape {
        Escape(name: name, layer: .mounts, program: .shell(script), onlyAsRoot: onlyAsRoot) { setup, place in
            setup.show(path(place), writable: writable)
        }
    }

    /// An escape that is stopped because something in the project cannot be written.
    static func protected(_ name: String, _ script: String, _ path: String) -> Escape {
        Escape(name: name, layer: .protection, program: .shell(script)) { setup, place in
            setup.dropMount("--ro-bind", place.tree + "/" + path)
        }
    }

    /// An escape that a namespace stops.
    static func separated(_ name: String, _ layer: Layer, _ option: String, _ program: Program) -> Escape {
        Escape(name: name, layer: layer, program: program) { setup, _ in setup.namespaces.removeAll { $0 == option } }
    }
}

extension SandboxSetup {
    /// Makes a folder of the machine visible.
    mutating func show(_ path: String, writable: Bool = false) {
        mounts.insert(contentsOf: [writable ? "--bind" : "--ro-bind", path, path], at: mounts.count - 2)
    }

    /// Takes a mount away.
    mutating func dropMount(_ option: String, _ path: String) {
        for index in mounts.indices.dropLast(2) where mounts[index] == option && mounts[index + 2] == path {
            mounts.removeSubrange(index...(index + 2))
            return
        }
    }
}

/// The folders and the parts of the host that escapes aim at.
struct EscapePlace: Sendable {
    let site: BuildSite
    var tree: String { site.tree }
    let folder: String
    let host: EscapeHost

    var outside: String { folder + "/outside" }
    var tools: String { folder + "/tools" }
    var otherHome: String { folder + "/other-home" }

    init(folder: URL) throws {
        let place = try TestSite(in: folder)
        self.folder = place.folder.path
        var site = place.site
        let files = FileManager.default
        for name in ["outside", "tools", "other-home", "project/linked"] {
            try files.createDirectory(atPath: self.folder + "/" + name, withIntermediateDirectories: true)
        }
        let secret = Data("ESCAPED\n".utf8)
        for name in ["outside/secret", "tools/credentials.toml", "other-home/cache"] {
            try secret.write(to: URL(filePath: self.folder + "/" + name))
        }
        try Data("gitdir: elsewhere\n".utf8).write(to: URL(filePath: self.folder + "/project/linked/.git"))
        site.toolchain = Toolchain(
            level: .host,
            environment: site.toolchain.environment,
            toolFolders: [self.folder + "/tools"],
            key: site.toolchain.key
        )
        site.protectedPaths.append(self.folder + "/project/linked/.git")
        self.site = site
        host = try EscapeHost(folder: self.folder)
    }

    /// Whether `escape` works, in the sandbox as it is or with one layer off.
    func works(_ escape: Escape, withoutLayer: Bool) async throws -> Bool {
        let proof = outside + "/proof"
        try? FileManager.default.removeItem(atPath: proof)
        let runner = try BubblewrapRunner(hiding: [], cache: TestSite.cache) { [self] setup in
            if withoutLayer { escape.off(&setup, self) }
        }
        var environment = host.variables
        environment["PROJECT"] = tree
        environment["OUTSIDE"] = outside
        environment["TOOLS"] = tools
        environment["OTHER_HOME"] = otherHome
        if case .library = escape.program { environment["LD_PRELOAD"] = tree + "/lib.so" }
        let command = Command(
            argv: try await arguments(of: escape),
            environment: environment,
            profile: escape.profile,
            limits: CommandLimits(wallClock: 20)
        )
        let result = try await runner.run(command, in: site)
        return result.output.contains("ESCAPED") || FileManager.default.fileExists(atPath: proof)
    }

    private func arguments(of escape: Escape) async throws -> [String] {
        switch escape.program {
        case .shell(let script):
            return ["sh", "-c", script]
        case .c(let body):
            let program = tree + "/escape"
            try await compile("int main(void) {\n\(body)\nreturn 0;\n}\n", to: program, flags: [])
            return [program]
        case .library(let body):
            let text = "#define PROOF \"\(outside)/proof\"\n__attribute__((constructor)) void f(void) {\n\(body)\n}\n"
            try await compile(text, to: tree + "/lib.so", flags: ["-shared", "-fPIC"])
            return ["true"]
        }
    }

    private func compile(_ text: String, to path: String, flags: [String]) async throws {
        try Data((EscapeHost.prelude + text).utf8).write(to: URL(filePath: path + ".c"))
        let compiler = try await Subprocess.run(
            ["gcc", "-w"] + flags + ["-o", path, path + ".c"],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        guard compiler.succeeded else { throw EscapeError(text: compiler.errorText) }
    }
}

struct EscapeError: Error {
    var text: String
}
