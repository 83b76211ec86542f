import Core
import Foundation
import ProcessKit
import Sandbox
import TestSupport
import Testing

@Suite("The toolchain in a sandbox", .tags(.medium), .temporaryDirectory)
struct ToolchainSandboxTests {
    private func site(_ toolchain: Toolchain) throws -> BuildSite {
        let folder = ToolchainSupport.folder
        try FileManager.default.createDirectory(atPath: folder + "/tree", withIntermediateDirectories: true)
        return BuildSite(tree: folder + "/tree", protectedPaths: [], home: folder + "/home", toolchain: toolchain)
    }

    private func runner() throws -> BubblewrapRunner {
        try BubblewrapRunner(hiding: [], cache: TestSite.cache)
    }

    private static func has(_ tools: [String]) -> Bool {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/opt/swift/usr/bin:/usr/bin"
        return tools.allSatisfy { ExecutableSearch.find($0, path: path) != nil }
    }

    /// Each stack's tools, and a question to each that needs more than the file itself.
    private static let stacks: [(tools: [String], questions: [[String]])] = [
        (["cargo", "rustc"], [["cargo", "--version"], ["rustc", "--print", "sysroot"]]),
        (["node", "npm"], [["node", "-p", "require('os').EOL.length"], ["npm", "--version"]]),
        (["python3"], [["python3", "-c", "import json, ssl, sqlite3, unittest"]]),
        (["java", "javac", "mvn"], [["java", "-version"], ["javac", "-version"], ["mvn", "-o", "--version"]]),
        (["g++", "cmake", "make"], [["g++", "--version"], ["cmake", "--version"], ["cc", "--version"]]),
        (["swift"], [["swift", "--version"], ["swift", "package", "--version"]]),
        (["go"], [["go", "version"], ["go", "env", "GOROOT"]]),
    ]

    @Test("works there, wherever on this machine it lies", arguments: stacks.filter { has($0.tools) })
    func real(stack: (tools: [String], questions: [[String]])) async throws {
        let environment = ProcessInfo.processInfo.environment
        let toolchain = try await ToolchainSupport.resolver(environment)
            .resolve(flake: nil, hostFlake: ToolchainSupport.flake("host"), tools: stack.tools)
        #expect(toolchain.tools.map(\.name) == stack.tools)
        let (runner, site) = (try runner(), try site(toolchain))
        for question in stack.questions {
            let result = try await runner.run(Command(argv: question, profile: .build), in: site)
            #expect(result.succeeded, "\(question): \(result.output)")
        }
    }

    @Test("cannot be found there when its folder is not shown")
    func hidden() async throws {
        try ToolchainSupport.script("opt/a/bin/frob", "echo here")
        let environment = ToolchainSupport.environment(path: "opt/a/bin")
        let shown = try await ToolchainSupport.resolver(environment)
            .resolve(flake: nil, hostFlake: ToolchainSupport.flake("host"), tools: ["frob"], choice: .host)
        let command = Command(argv: ["frob"], profile: .build)
        #expect(try await runner().run(command, in: site(shown)).output == "here\n")
        let bare = Toolchain(level: .host, environment: shown.environment, toolFolders: [], key: shown.key)
        #expect(try await runner().run(command, in: site(bare)).exitCode == 127)
    }

    @Test("cannot be changed from there")
    func readOnly() async throws {
        let tool = try ToolchainSupport.script("opt/a/bin/frob", "echo here")
        let environment = ToolchainSupport.environment(path: "opt/a/bin")
        let toolchain = try await ToolchainSupport.resolver(environment)
            .resolve(flake: nil, hostFlake: ToolchainSupport.flake("host"), tools: ["frob"], choice: .host)
        let command = Command(argv: ["sh", "-c", "echo evil > \(tool)"], profile: .build)
        let result = try await runner().run(command, in: site(toolchain))
        #expect(result.exitCode != 0)
        #expect(try String(contentsOfFile: tool, encoding: .utf8).contains("echo here"))
    }

    @Test(
        "finds its settings below /etc there",
        .enabled(if: FileManager.default.isReadableFile(atPath: "/etc/maven/settings.xml"), "needs Maven")
    )
    func settings() async throws {
        let environment = ProcessInfo.processInfo.environment
        let toolchain = try await ToolchainSupport.resolver(environment)
            .resolve(flake: nil, hostFlake: ToolchainSupport.flake("host"), tools: ["mvn"], choice: .host)
        let command = Command(argv: ["cat", "/etc/maven/settings.xml"], profile: .build)
        let result = try await runner().run(command, in: site(toolchain))
        #expect(result.exitCode == 0, "\(result.output)")
        #expect(result.output.contains("<settings"))
    }

    @Test("comes from Nix's store there too", .enabled("no Nix to build with") { await ToolchainSupport.nixWorks() })
    func store() async throws {
        var environment = ProcessInfo.processInfo.environment
        environment["NIX_CONFIG"] = StandInNixpkgs.configuration
        let nixpkgs = try StandInNixpkgs.write(to: TemporaryDirectory.current.appending(path: "nixpkgs"))
        let toolchain = try await ToolchainSupport.resolver(environment, nixpkgs: nixpkgs)
            .resolve(flake: ToolchainSupport.flake("go"), hostFlake: ToolchainSupport.flake("host"), tools: ["go"])
        #expect(toolchain.level == .nix)
        let result = try await runner().run(Command(argv: ["go"], profile: .build), in: site(toolchain))
        #expect(result.output == "go stand-in\n")
    }
}
