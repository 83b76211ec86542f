import Core
import Foundation
import ProcessKit
import Sandbox
import TestSupport
import Testing

@Suite("The machine's tools", .tags(.medium), .temporaryDirectory)
struct ToolchainLocatorTests {
    private func host(_ tools: [String], _ environment: [String: String]) async throws -> Toolchain {
        try await ToolchainSupport.resolver(environment)
            .resolve(flake: nil, hostFlake: ToolchainSupport.flake("host"), tools: tools, choice: .host)
    }

    @Test("are the first of their name on PATH, with the folder that they need")
    func first() async throws {
        let first = try ToolchainSupport.script("opt/a/bin/frob", "echo a")
        try ToolchainSupport.script("opt/b/bin/frob", "echo b")
        let toolchain = try await host(["frob"], ToolchainSupport.environment(path: "opt/a/bin", "opt/b/bin"))
        #expect(toolchain.tools == [LocatedTool(name: "frob", path: first)])
        #expect(toolchain.toolFolders.contains(ToolchainSupport.folder + "/opt/a"))
        #expect(toolchain.environment["PATH"]?.hasPrefix(ToolchainSupport.folder + "/opt/a/bin:") == true)
        #expect(toolchain.level == .host)
        #expect(toolchain.reason == "asked for")
    }

    @Test("are not looked for in relative folders, nor are folders or plain files taken for them")
    func noise() async throws {
        let folder = ToolchainSupport.folder
        try FileManager.default.createDirectory(atPath: folder + "/x/frob", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/y", withIntermediateDirectories: true)
        try "text".write(toFile: folder + "/y/frob", atomically: true, encoding: .utf8)
        let real = try ToolchainSupport.script("z/bin/frob", "")
        var environment = ToolchainSupport.environment(path: "x", "y", "z/bin")
        environment["PATH"] = ".:bin:" + (environment["PATH"] ?? "")
        let toolchain = try await host(["frob"], environment)
        #expect(toolchain.tools.map(\.path) == [real])
    }

    @Test("are followed through links of the same name, and no further")
    func links() async throws {
        try ToolchainSupport.script("share/frob/bin/frob", "")
        try ToolchainSupport.link("bin/frob", to: "../alternatives/frob")
        try ToolchainSupport.link("alternatives/frob", to: ToolchainSupport.folder + "/share/frob/bin/frob")
        try ToolchainSupport.script("node/lib/modules/tool/cli.js", "")
        try ToolchainSupport.link("node/bin/tool", to: "../lib/modules/tool/cli.js")
        let toolchain = try await host(["frob", "tool"], ToolchainSupport.environment(path: "bin", "node/bin"))
        let folder = ToolchainSupport.folder
        #expect(toolchain.tools.map(\.path) == [folder + "/share/frob/bin/frob", folder + "/node/bin/tool"])
        #expect(toolchain.toolFolders.contains(folder + "/share/frob"))
        #expect(toolchain.toolFolders.contains(folder + "/node"))
    }

    @Test("never make a whole home visible", arguments: ["home/bin", "home/.local/bin"])
    func home(place: String) async throws {
        try ToolchainSupport.script(place + "/frob", "")
        let toolchain = try await host(["frob"], ToolchainSupport.environment(path: place))
        let folder = ToolchainSupport.folder
        #expect(toolchain.toolFolders.contains(folder + "/" + place))
        #expect(!toolchain.toolFolders.contains { (folder + "/home/.ssh").hasPrefix($0 + "/") })
    }

    @Test("behind a shim are those that its manager names")
    func shim() async throws {
        let real = try ToolchainSupport.script("home/.pyenv/versions/3.11/bin/python3", "echo real")
        try ToolchainSupport.script("home/.pyenv/bin/pyenv", "[ \"$1 $2\" = 'which python3' ] && echo \(real)")
        try ToolchainSupport.script("home/.pyenv/plugins/pyenv-virtualenv/shims/python3", "exit 1")
        let environment = ToolchainSupport.environment(path: "home/.pyenv/plugins/pyenv-virtualenv/shims")
        let toolchain = try await host(["python3"], environment)
        #expect(toolchain.tools.map(\.path) == [real])
        #expect(toolchain.toolFolders.contains(ToolchainSupport.folder + "/home/.pyenv/versions/3.11"))
    }

    @Test("behind rustup are the toolchain's, whether the shim is a link or a hard link", arguments: [true, false])
    func rustup(symbolic: Bool) async throws {
        let real = try ToolchainSupport.script("home/.rustup/toolchains/stable/bin/cargo", "")
        let rustup = try ToolchainSupport.script("home/.cargo/bin/rustup", "echo \(real)")
        if symbolic {
            try ToolchainSupport.link("home/.cargo/bin/cargo", to: "rustup")
        } else {
            let path = ToolchainSupport.folder + "/home/.cargo/bin/cargo"
            try FileManager.default.linkItem(atPath: rustup, toPath: path)
        }
        // Not on PATH: ~/.cargo/bin is one of the usual places.
        var environment = ToolchainSupport.environment()
        environment["PATH"] = ToolchainSupport.folder
        let toolchain = try await host(["cargo"], environment)
        #expect(toolchain.tools.map(\.path) == [real])
        #expect(toolchain.toolFolders.contains(ToolchainSupport.folder + "/home/.rustup/toolchains/stable"))
    }

    @Test(
        "are looked for elsewhere when the shim's manager has none, and when it hangs",
        arguments: ["exit 126", "sleep 60"]
    )
    func uselessShim(answer: String) async throws {
        try ToolchainSupport.script("one/.asdf/bin/asdf", answer)
        try ToolchainSupport.script("one/.asdf/shims/frob", "exit 1")
        let real = try ToolchainSupport.script("two/bin/frob", "")
        var limits = ToolchainLimits()
        limits.shim = .milliseconds(300)
        let environment = ToolchainSupport.environment(path: "one/.asdf/shims", "two/bin")
        let resolver = ToolchainSupport.resolver(environment, limits: limits)
        let flake = try ToolchainSupport.flake("host")
        let toolchain = try await resolver.resolve(flake: nil, hostFlake: flake, tools: ["frob"], choice: .host)
        #expect(toolchain.tools.map(\.path) == [real])
    }

    @Test("are remembered, and looked for again when something they depend on changes")
    func memory() async throws {
        let real = try ToolchainSupport.script("home/.pyenv/versions/3/bin/python3", "")
        let other = try ToolchainSupport.script("home/.pyenv/versions/4/bin/python3", "")
        let folder = ToolchainSupport.folder
        let answer = "echo x >> \(folder)/asked; echo $HOME/.pyenv/versions/$(cat $HOME/.pyenv/version)/bin/python3"
        try ToolchainSupport.script("home/.pyenv/bin/pyenv", answer)
        try ToolchainSupport.script("home/.pyenv/shims/python3", "")
        try "3".write(toFile: folder + "/home/.pyenv/version", atomically: true, encoding: .utf8)
        let environment = ToolchainSupport.environment(path: "home/.pyenv/shims")
        for _ in 0..<3 {
            #expect(try await host(["python3"], environment).tools.map(\.path) == [real])
        }
        #expect(try String(contentsOfFile: folder + "/asked", encoding: .utf8) == "x\n")
        try "4".write(toFile: folder + "/home/.pyenv/version", atomically: true, encoding: .utf8)
        #expect(try await host(["python3"], environment).tools.map(\.path) == [other])
        try FileManager.default.removeItem(atPath: other)
        let error = await #expect(throws: ToolchainError.self) {
            _ = try await host(["python3", "no-such-tool"], environment)
        }
        #expect(error == .toolsMissing(["no-such-tool"]) || error == .toolsMissing(["python3", "no-such-tool"]))
    }

    @Test("are nvm's newest where PATH has none, also when a newer one comes")
    func nvm() async throws {
        var environment = ToolchainSupport.environment()
        environment["PATH"] = ToolchainSupport.folder
        for version in ["v9.10.0", "v20.2.0", "v22.0.1"] {
            let path = try ToolchainSupport.script("home/.nvm/versions/node/\(version)/bin/frob", "")
            #expect(try await host(["frob"], environment).tools.map(\.path) == [path])
        }
    }

    @Test("that are missing are all named, with their packages and the exit code of an unverified run")
    func missing() async throws {
        let environment = ["PATH": ToolchainSupport.folder, "HOME": ToolchainSupport.folder]
        let error = await #expect(throws: ToolchainError.self) {
            _ = try await host(["frob", "gradle", "sh"], environment)
        }
        #expect(error == .toolsMissing(["frob", "gradle"]))
        #expect(error?.description == "the toolchain lacks 'frob', 'gradle'")
        #expect(error?.hint == "run 'scripts/setup --all', or: apt-get install gradle")
        #expect(error?.kind.exitStatus == 4)
    }

    @Test(
        "bring Maven's settings below /etc with them",
        .enabled(if: FileManager.default.fileExists(atPath: "/etc/maven"))
    )
    func settings() async throws {
        let toolchain = try await host(["mvn"], ["PATH": "/usr/bin", "HOME": "/nonexistent"])
        #expect(toolchain.toolFolders.contains("/etc/maven"))
        #expect(toolchain.environment["JAVA_HOME"]?.hasPrefix("/usr/lib/jvm/") == true)
        #expect(!toolchain.toolFolders.contains("/etc"))
    }
}
