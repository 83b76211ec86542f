import Core
import Foundation
import ProcessKit
import Sandbox
import Synchronization
import TestSupport
import Testing

/// A clock that stands where a test puts it.
private final class HandClock: WallClock {
    private let now = Mutex<Int64>(1_000_000_000)
    var milliseconds: Int64 { now.withLock { $0 } }
    func advance(by milliseconds: Int64) { now.withLock { $0 += milliseconds } }
}

@Suite(
    "A toolchain by real Nix",
    .tags(.medium),
    .temporaryDirectory,
    .enabled("no Nix to build with") { await ToolchainSupport.nixWorks() }
)
struct ToolchainNixTests {
    private let environment: [String: String]

    init() throws {
        // Without a network Nix would ask its server five times before it builds.
        environment = ToolchainSupport.environment(path: "bin")
            .merging(["NIX_CONFIG": StandInNixpkgs.configuration]) { $1 }
    }

    private func standIn(_ hook: String = "") throws -> String {
        try StandInNixpkgs.write(to: TemporaryDirectory.current.appending(path: "nixpkgs"), hook: hook)
    }

    private func resolve(
        _ resolver: ToolchainResolver,
        stack: String? = nil,
        tools: [String] = ["sh"],
        choice: ToolchainChoice = .automatic
    ) async throws -> Toolchain {
        let flake = try stack.map(ToolchainSupport.flake)
        return try await resolver.resolve(
            flake: flake,
            hostFlake: try ToolchainSupport.flake("host"),
            tools: tools,
            choice: choice
        )
    }

    private func isAlive(_ process: String) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") } ?? false
    }

    // MARK: host-flake

    @Test("is the host flake where nixpkgs cannot be reached, and says why")
    func hostFlake() async throws {
        let toolchain = try await resolve(ToolchainSupport.resolver(environment), stack: "rust")
        #expect(toolchain.level == .hostFlake)
        #expect(toolchain.reason.hasPrefix("nixpkgs cannot be reached: error:"))
        #expect(toolchain.environment == ["LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"])
        #expect(toolchain.lock == nil)
    }

    @Test("has nothing of the person's environment in it, nor of Nix's own")
    func filtered() async throws {
        var ours = environment
        ours["MY_TOKEN"] = "secret-token-value"
        ours["https_proxy"] = "http://user:password@proxy.invalid:1"
        ours["NIX_CONFIG"] = StandInNixpkgs.configuration + "\naccess-tokens = github.com=secret"
        let resolver = ToolchainSupport.resolver(ours, nixpkgs: try standIn("export HOOK_RAN=1; echo noise"))
        let toolchain = try await resolve(resolver, stack: "rust", tools: ["cargo"])
        try #require(toolchain.level == .nix, "\(toolchain.reason)")
        let names = Set(toolchain.environment.keys)
        #expect(names == ["PATH", "CC", "STACK_HOME", "HOOK_RAN"])
        #expect(toolchain.environment["PATH"]?.contains("/path-not-set") == false)
        #expect(!toolchain.environment.values.contains { $0.contains("secret") || $0.contains("proxy") })
    }

    @Test("works below folders with any name, and inside a git repository", arguments: ["a b", "#x?y%20", "ü"])
    func oddFolders(name: String) async throws {
        let folder = ToolchainSupport.folder + "/" + name
        try FileManager.default.createDirectory(atPath: folder + "/.git", withIntermediateDirectories: true)
        for (file, text) in [("HEAD", "ref: refs/heads/main\n"), ("config", "[core]\n\trepositoryformatversion = 0\n")]
        {
            try text.write(toFile: folder + "/.git/" + file, atomically: true, encoding: .utf8)
        }
        for part in ["objects", "refs"] {
            let place = folder + "/.git/" + part
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        }
        let resolver = ToolchainResolver(cacheFolder: folder, environment: environment, nixpkgs: "path:/nowhere")
        let toolchain = try await resolve(resolver, choice: .hostFlake)
        #expect(toolchain.level == .hostFlake)
        #expect(toolchain.reason == "asked for")
    }

    @Test("copies the flake and its lock into the store, and nothing that lies about")
    func smallSource() async throws {
        let resolver = ToolchainSupport.resolver(environment)
        let toolchain = try await resolve(resolver, choice: .hostFlake)
        let source = "\(ToolchainSupport.folder)/cache/toolchains/\(toolchain.key.hex.prefix(32))/source"
        #expect(try FileManager.default.contentsOfDirectory(atPath: source) == ["flake.nix"])
    }

    @Test("is the host's where Nix hangs, whose processes are then gone", .timeLimit(.minutes(1)))
    func hanging() async throws {
        let folder = ToolchainSupport.folder
        let develop = "trap '' TERM; echo $$ > \(folder)/parent; sleep 600 & echo $! > \(folder)/child; wait; wait"
        let version = "[ \"$1\" = --version ] && { echo nix '(Nix)' 2.99.0; exit; }"
        try ToolchainSupport.script("bin/nix", "\(version)\n\(develop)")
        var limits = ToolchainLimits()
        limits.hostFlake = .milliseconds(1_500)
        limits.probe = .milliseconds(200)
        let resolver = ToolchainSupport.resolver(environment, limits: limits)
        let start = ContinuousClock.now
        let toolchain = try await resolve(resolver, stack: "rust")
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(toolchain.level == .host)
        #expect(toolchain.reason == "Nix cannot enter the host flake: 'nix develop' took longer than 1 s")
        for name in ["parent", "child"] {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let process = text.trimmingCharacters(in: .whitespacesAndNewlines)
            // The kernel ends what is killed in its own time; a second is what is promised of hangs.
            for _ in 0..<50 where isAlive(process) { try await Task.sleep(for: .milliseconds(20)) }
            #expect(!isAlive(process))
        }
    }

    @Test("is the host's where Nix is too old or does not answer", arguments: ["echo 'nix (Nix) 2.3.16'", "exit 1"])
    func uselessNix(answer: String) async throws {
        try ToolchainSupport.script("bin/nix", answer)
        let toolchain = try await resolve(ToolchainSupport.resolver(environment), stack: "rust")
        #expect(toolchain.level == .host)
        #expect(["Nix 2.3.16 is too old for flakes", "Nix is not installed"].contains(toolchain.reason))
    }

    @Test(
        "is not replaced by a lower level than the one that was demanded",
        arguments: [ToolchainChoice.nix, .hostFlake]
    )
    func demanded(choice: ToolchainChoice) async throws {
        try ToolchainSupport.script("bin/nix", "echo 'nix (Nix) 2.3.16'")
        let error = await #expect(throws: ToolchainError.self) {
            _ = try await resolve(ToolchainSupport.resolver(environment), stack: "rust", choice: choice)
        }
        let level: ToolchainLevel = choice == .nix ? .nix : .hostFlake
        #expect(error == .levelUnavailable(level, reason: "Nix 2.3.16 is too old for flakes"))
        #expect(error?.kind.exitStatus == 4)
    }

    @Test("fetches nothing offline, and has what was captured before")
    func offline() async throws {
        var resolver = ToolchainSupport.resolver(environment, nixpkgs: try standIn())
        resolver.isOffline = true
        let without = try await resolve(resolver, stack: "rust", tools: ["sh"])
        #expect(without.level == .hostFlake)
        #expect(without.reason == "Drydock is offline, and nothing is captured of the flake")
        resolver.isOffline = false
        let captured = try await resolve(resolver, stack: "rust", tools: ["sh"])
        #expect(captured.level == .nix)
        resolver.isOffline = true
        #expect(try await resolve(resolver, stack: "rust", tools: ["sh"]) == captured)
    }

    // MARK: Memory

    @Test("is captured once, and found again within 10 ms")
    func secondEntry() async throws {
        try ToolchainSupport.countingNix()
        let resolver = ToolchainSupport.resolver(environment)
        let first = try await resolve(resolver, stack: "rust", tools: ["sh", "env", "cat"])
        var durations: [Duration] = []
        for _ in 0..<9 {
            let start = ContinuousClock.now
            #expect(try await resolve(resolver, stack: "rust", tools: ["sh", "env", "cat"]) == first)
            durations.append(ContinuousClock.now - start)
        }
        #expect(ToolchainSupport.calls("develop") == 1)
        #expect(ToolchainSupport.calls("--version") == 1)
        // The fastest, because this machine may be busy; the benchmark prints the median.
        #expect(try #require(durations.min()) < .milliseconds(10))
    }

    @Test("is captured once by several resolvers at the same time")
    func concurrent() async throws {
        try ToolchainSupport.countingNix()
        let results = try await withThrowingTaskGroup(of: Toolchain.self) { group in
            for _ in 0..<6 {
                group.addTask { try await resolve(ToolchainSupport.resolver(environment), choice: .hostFlake) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 6)
        #expect(Set(results).count == 1)
        #expect(ToolchainSupport.calls("develop") == 1)
    }

    @Test("is captured anew for another flake, another Nix and other tool folders")
    func keys() async throws {
        try ToolchainSupport.script("opt/a/bin/frob", "")
        let plain = try await resolve(ToolchainSupport.resolver(environment), choice: .hostFlake)
        var others = [
            try await resolve(
                ToolchainSupport.resolver(environment, nixpkgs: try standIn()),
                stack: "go",
                tools: ["sh"]
            )
        ]
        var wider = environment
        wider["PATH"] = ToolchainSupport.folder + "/opt/a/bin:" + (environment["PATH"] ?? "")
        others.append(try await resolve(ToolchainSupport.resolver(wider), tools: ["frob"], choice: .hostFlake))
        try ToolchainSupport.countingNix()
        others.append(try await resolve(ToolchainSupport.resolver(environment), choice: .hostFlake))
        #expect(Set([plain] + others).count == 4)
        #expect(Set(([plain] + others).map(\.key)).count == 4)
    }

    @Test("is captured anew when its file in the cache is damaged", arguments: ["", "{", "{\"format\":99}", "null"])
    func damagedCache(text: String) async throws {
        try ToolchainSupport.countingNix()
        let resolver = ToolchainSupport.resolver(environment)
        let first = try await resolve(resolver, choice: .hostFlake)
        let file = "\(ToolchainSupport.folder)/cache/toolchains/\(first.key.hex.prefix(32))/environment.json"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await resolve(resolver, choice: .hostFlake) == first)
        #expect(ToolchainSupport.calls("develop") == 2)
    }

    @Test("names the file when its cache cannot be written")
    func unwritableCache() async throws {
        try "".write(toFile: ToolchainSupport.folder + "/cache", atomically: true, encoding: .utf8)
        let error = await #expect(throws: ToolchainError.self) {
            _ = try await resolve(ToolchainSupport.resolver(environment), choice: .hostFlake)
        }
        #expect(error?.description.hasPrefix("cannot write '\(ToolchainSupport.folder)/cache/toolchains") == true)
    }

    // MARK: nix

    @Test(
        "has its tools from nixpkgs for each stack",
        arguments: [
            ("rust", ["cargo", "rustc", "rustfmt", "cc"]), ("node", ["node", "npm"]), ("python", ["python3"]),
            ("java", ["javac", "mvn"]), ("cpp", ["c++", "cmake", "ctest", "ninja", "make"]),
            ("swift", ["swift", "git"]),
            ("go", ["go"]), ("web", ["node"]),
        ]
    )
    func stacks(stack: String, tools: [String]) async throws {
        let resolver = ToolchainSupport.resolver(environment, nixpkgs: try standIn())
        let toolchain = try await resolve(resolver, stack: stack, tools: tools)
        try #require(toolchain.level == .nix, "\(toolchain.reason)")
        #expect(toolchain.tools.map(\.name) == tools)
        #expect(toolchain.tools.allSatisfy { $0.path.hasPrefix("/nix/store/") })
        #expect(toolchain.toolFolders.contains("/nix/store"))
        for tool in toolchain.tools {
            let output = try await Subprocess.run([tool.name], environment: toolchain.environment)
            #expect(output.text == "\(tool.name) stand-in\n")
        }
    }

    @Test("takes what the flake lacks from the machine, behind Nix on PATH")
    func mixed() async throws {
        let frob = try ToolchainSupport.script("opt/a/bin/frob", "")
        var ours = environment
        ours["PATH"] = ToolchainSupport.folder + "/opt/a/bin:/usr/bin:/bin"
        let resolver = ToolchainSupport.resolver(ours, nixpkgs: try standIn())
        let toolchain = try await resolve(resolver, stack: "go", tools: ["frob", "go"])
        #expect(toolchain.tools.first == LocatedTool(name: "frob", path: frob))
        #expect(toolchain.tools.last?.path.hasPrefix("/nix/store/") == true)
        let path = try #require(toolchain.environment["PATH"]).split(separator: ":")
        #expect(path.first?.hasPrefix("/nix/store/") == true)
        #expect(path.contains("\(ToolchainSupport.folder)/opt/a/bin"))
        #expect(toolchain.toolFolders.contains(ToolchainSupport.folder + "/opt/a"))
    }

    @Test("outlives Nix's garbage collection, and is captured anew when a path of it is gone all the same")
    func collected() async throws {
        try ToolchainSupport.countingNix()
        // A package of this test's own, so that no other test keeps it alive.
        let paths = ["go": ToolchainSupport.folder + "/go"]
        let nixpkgs = try StandInNixpkgs.write(to: TemporaryDirectory.current.appending(path: "own"), paths: paths)
        let resolver = ToolchainSupport.resolver(environment, nixpkgs: nixpkgs)
        let first = try await resolve(resolver, stack: "go", tools: ["go"])
        let package = try #require(first.environment["STACK_HOME"], "\(first.reason)")
        let store = ["/usr/bin/nix-store", "--delete", package]
        let given = ["HOME": ToolchainSupport.folder, "PATH": "/usr/bin:/bin"]
        #expect(try await !Subprocess.run(store, environment: given).succeeded)
        let folder = "\(ToolchainSupport.folder)/cache/toolchains/\(first.key.hex.prefix(32))"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("profile") {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        let shells = try await Subprocess.run(
            ["/usr/bin/nix-store", "-q", "--referrers-closure", package],
            environment: given
        )
        let dead = shells.text.split(separator: "\n").map(String.init)
        let deleted = try await Subprocess.run(["/usr/bin/nix-store", "--delete"] + dead, environment: given)
        try #require(deleted.succeeded, "\(deleted.errorText)")
        #expect(!FileManager.default.fileExists(atPath: package))
        #expect(try await resolve(resolver, stack: "go", tools: ["go"]) == first)
        #expect(FileManager.default.fileExists(atPath: package))
        #expect(ToolchainSupport.calls("develop") == 2)
    }

    @Test("asks for nixpkgs once in ten minutes while the answer is no")
    func negativeProbe() async throws {
        try ToolchainSupport.countingNix()
        let clock = HandClock()
        let later = ToolchainSupport.folder + "/nixpkgs"
        let resolver = ToolchainSupport.resolver(environment, nixpkgs: "path:" + later, clock: clock)
        for expected in [ToolchainLevel.hostFlake, .hostFlake] {
            #expect(try await resolve(resolver, stack: "go").level == expected)
        }
        #expect(ToolchainSupport.calls("flake metadata") == 1)
        _ = try standIn()
        clock.advance(by: 599_000)
        #expect(try await resolve(resolver, stack: "go").level == .hostFlake)
        clock.advance(by: 2_000)
        #expect(try await resolve(resolver, stack: "go").level == .nix)
        #expect(ToolchainSupport.calls("flake metadata") == 2)
    }

    @Test("waits a second for nixpkgs at most", .timeLimit(.minutes(1)))
    func slowProbe() async throws {
        let real = try #require(ToolchainSupport.realNix)
        try ToolchainSupport.script("bin/nix", "[ \"$1\" = flake ] && sleep 60\nexec \(real) \"$@\"")
        let start = ContinuousClock.now
        let resolver = ToolchainSupport.resolver(environment, limits: ToolchainLimits())
        let toolchain = try await resolve(resolver, stack: "go", choice: .automatic)
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(toolchain.reason.hasSuffix("did not answer within 1 s"))
        #expect(toolchain.level == .hostFlake)
    }

    @Test("stays in use after nixpkgs has gone")
    func offlineAgain() async throws {
        let nixpkgs = try standIn()
        let resolver = ToolchainSupport.resolver(environment, nixpkgs: nixpkgs)
        let first = try await resolve(resolver, stack: "go")
        try FileManager.default.removeItem(at: TemporaryDirectory.current.appending(path: "nixpkgs"))
        #expect(try await resolve(resolver, stack: "go") == first)
    }

    // MARK: Flakes

    @Test(
        "is refused for a broken flake of the user's, with Nix's words",
        arguments: [
            ("{ outputs = { self }: { x = ; }; }", "syntax error"),
            ("{ outputs = { self, nixpkgs }: { devShells.x86_64-linux.default = nixpkgs.nonsense; }; }", "nonsense"),
        ]
    )
    func brokenFlake(text: String, words: String) async throws {
        let place = "/a home/config/flakes/go/flake.nix"
        let flake = FlakeSource.user(name: "go", text: text, path: place)
        let resolver = ToolchainSupport.resolver(environment, nixpkgs: try standIn())
        let error = await #expect(throws: ToolchainError.self) {
            _ = try await resolver.resolve(flake: flake, hostFlake: ToolchainSupport.flake("host"), tools: [])
        }
        #expect(error?.description.hasPrefix("the flake 'go' cannot be used: error:") == true)
        #expect(error?.description.contains(words) == true)
        #expect(error?.description.contains("at \(place):1:") == true, "\(error?.description ?? "")")
        #expect(error?.kind.exitStatus == 3)
    }

    @Test("hands out the lock that Nix wrote, and keeps to the one that its flake came with")
    func lock() async throws {
        let nixpkgs = try standIn()
        let text = try ToolchainSupport.flake("go").text.replacing("\"nixpkgs\"", with: "\"\(nixpkgs)\"")
        let flake = FlakeSource.builtIn(name: "go", text: text)
        let resolver = ToolchainSupport.resolver(environment)
        let first = try await resolver.resolve(flake: nil, hostFlake: flake, tools: ["go"], choice: .hostFlake)
        #expect(first.lock?.contains("narHash") == true)
        #expect(first.toolFolders.contains("/nix/store"))
        try FileManager.default.removeItem(at: TemporaryDirectory.current.appending(path: "nixpkgs"))
        _ = try standIn("export CHANGED=1")
        let locked = flake.locked(by: first.lock)
        let second = try await resolver.resolve(flake: nil, hostFlake: locked, tools: ["go"], choice: .hostFlake)
        #expect(second.lock == first.lock)
        #expect(second.key != first.key)
        #expect(second.environment == first.environment)
    }
}
