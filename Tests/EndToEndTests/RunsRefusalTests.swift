import Core
import Foundation
import TestSupport
import Testing

/// Machines, files and words with which no run can be made: what is said, with which status, and that nothing is lost.
@Suite("A run that cannot be", .tags(.large), .temporaryDirectory)
struct RunsRefusalTests {
    private let root: URL
    private let program: Program

    init() throws {
        root = TemporaryDirectory.current
        program = try Program(below: root)
    }

    /// Runs the program in a mount namespace of its own, where programs are hidden, or otherwise restricted.
    private func restricted(_ unshare: [String], _ preparation: String, _ words: [String]) async throws
        -> ProgramOutcome
    {
        let script = preparation + "\ncd \"$1\"; shift\nDRYDOCK_HOME=\"$1\"; export DRYDOCK_HOME; shift\nexec \"$@\""
        return try await Tool.run(
            ["unshare"] + unshare + ["--mount", "sh", "-c", script, "sh"]
                + [program.folder.path, program.home.path, Program.binary] + words
        )
    }

    private func error(_ result: ProgramOutcome) throws -> JSONValue {
        let last = result.output.split(separator: "\n").last.map(String.init) ?? ""
        return try #require(try JSONValue(parsing: last)["error"], "\(result.output)")
    }

    private static let hideBubblewrap = "mount --bind /dev/null /usr/bin/bwrap"
    private static let hideNix = "for p in nix nix-store; do mount --bind /dev/null /usr/bin/$p; done"

    @Test("asks for a stack that no guide knows, says which there are", arguments: ["COBOL", "Fortran"])
    func unknownStack(language: String) async throws {
        let outcome = try await program.run("new", "a program in \(language) that computes payrolls", "--json")
        #expect(outcome.status == 2, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.isEmpty)
        let failure = try outcome.error()
        #expect(failure["class"] == "user")
        #expect(failure["hint"]?.string?.contains("drydock guides list") == true)
        #expect(!FileManager.default.fileExists(atPath: program.home.path), "a journal was made")
        #expect(failure["message"]?.string?.contains("'\(language)'") == true)
        #expect(failure["message"]?.string?.contains("Rust") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
    }

    @Test("is refused before it begins when the description is empty or too long")
    func description() async throws {
        let long = try await program.run(["new", "-", "--json"], input: String(repeating: "x", count: 50_001))
        #expect(try long.error()["message"] == "the description has 50001 characters; at most 50000 are allowed")
        let empty = try await program.run(["new", "-", "--json"], input: " \n")
        #expect(try empty.error()["message"] == "the description is empty")
        #expect(long.status == 2 && empty.status == 2)
        #expect(try await program.runNames().isEmpty)
    }

    @Test("has a title with dots, slashes and control characters: its folder has none, and nothing leaves the place")
    func hostileTitle() async throws {
        try program.addGuide()
        let words = "a harbourlang tool named ../../../escape/\u{1b}[31mred\u{7}\u{202e}"
        let outcome = try await program.run("new", words, "--toolchain", "host", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
        #expect(names.count == 1)
        let name = try #require(names.first)
        #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }, "\(name)")
        #expect(try outcome.json()["delivered"]?["folder"]?.string == program.path(name).path)
        let shown = try await program.run("show", "latest")
        #expect(!shown.output.contains("\u{1b}") && !shown.output.contains("\u{7}"))
    }

    @Test("has a target that an ordinary user may not write", .enabled(if: geteuid() == 0, "becoming another user"))
    func unwritable() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.folder.path)
        let dock = root.appending(path: "user")
        try FileManager.default.createDirectory(at: dock, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: dock.path)
        let binary = root.appending(path: "drydock").path
        try FileManager.default.copyItem(atPath: Program.binary, toPath: binary)
        let user = [
            "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env",
            "DRYDOCK_HOME=\(dock.path)/dock",
        ]
        let result = try await Tool.run(
            user + [binary, "new", Program.description, "--into", program.path("out").path, "--json"]
        )
        #expect(result.status == 2)
        let said = try error(result)
        #expect(
            said["message"]?.string == "the folder '\(program.path("out").path)' cannot be written: permission denied"
        )
        #expect(said["hint"]?.string?.contains("--into") == true)
        let made = try await Tool.run(
            user + ["HOME=\(dock.path)", binary, "new", Program.description, "--into", dock.path + "/out", "--quiet"]
        )
        #expect(made.status == 0, "\(made.output)")
    }

    @Test("has no bubblewrap", .enabled(if: geteuid() == 0, "hiding programs takes root"))
    func noBubblewrap() async throws {
        let result = try await restricted([], Self.hideBubblewrap, ["new", Program.description, "--json"])
        #expect(result.status == 8, "\(result.output)")
        let said = try error(result)
        #expect(said["kind"] == "sandboxUnavailable")
        #expect(said["message"]?.string?.contains("'bwrap'") == true)
        #expect(said["hint"]?.string?.contains("apt install bubblewrap") == true)
        #expect(try await program.runNames().isEmpty)
        let doctor = try await restricted([], Self.hideBubblewrap, ["doctor"])
        #expect(doctor.status == 8)
        #expect(doctor.output.contains("apt-get install bubblewrap"))
    }

    @Test("has bubblewrap on PATH alone, which is enough", .enabled(if: geteuid() == 0, "hiding programs takes root"))
    func bubblewrapOnPath() async throws {
        try program.addGuide()
        let tools = root.appending(path: "tools").path
        let moved = "mkdir '\(tools)'; cp /usr/bin/bwrap '\(tools)'\n\(Self.hideBubblewrap)"
        let result = try await restricted([], moved + "\nPATH='\(tools)':$PATH", program.harbourCall() + ["--quiet"])
        #expect(result.status == 0, "\(result.output)")
        #expect(try JSONValue(parsing: result.output)["isolation"] == "bubblewrap")
        let beside = try await restricted([], Self.hideBubblewrap, program.harbourCall(into: "other"))
        #expect(beside.status == 8, "\(beside.output)")
    }

    @Test("may not make user namespaces", .enabled(if: geteuid() == 0, "changing limits takes root"))
    func noNamespaces() async throws {
        let forbid = "echo 0 >/proc/sys/user/max_user_namespaces"
        let result = try await restricted(
            ["--user", "--map-root-user"],
            forbid,
            ["new", Program.description, "--json"]
        )
        #expect(result.status == 8, "\(result.output)")
        let said = try error(result)
        #expect(said["message"]?.string?.contains("user namespaces") == true)
        #expect(said["hint"]?.string?.contains("sysctl user.max_user_namespaces") == true, "\(said.text)")
        #expect(try await program.runNames().isEmpty)
    }

    @Test("has no Nix: it does without, unless Nix is asked for", .enabled(if: geteuid() == 0, "hiding takes root"))
    func noNix() async throws {
        try program.addGuide()
        let words = ["new", "a harbourlang tool that greets", "--json"]
        let made = try await restricted([], Self.hideNix, words + ["--into", "a", "--quiet"])
        #expect(made.status == 0, "\(made.output)")
        #expect(try JSONValue(parsing: made.output)["toolchain"] == "host")
        let asked = try await restricted([], Self.hideNix, words + ["--into", "b", "--toolchain", "nix"])
        #expect(asked.status == 4, "\(asked.output)")
        #expect(asked.output.contains("the toolchain level 'nix' cannot be had"), "\(asked.output)")
        let kept = try await restricted([], Self.hideNix, ["new", "a harbourlang tool", "--snapshot", "nix", "--json"])
        #expect(kept.status == 3, "\(kept.output)")
        let said = try error(kept)
        #expect(said["message"]?.string?.contains("nix-store") == true)
        #expect(said["hint"]?.string?.contains("apt install nix-bin") == true)
    }

    @Test(
        "needs a file with a mistake: it is named with its line, and nothing is recorded",
        arguments: [
            (
                "guides/python.md",
                "---\ntitle: Python\nstack: python\nwrods: [x]\n---\n\nSheet.\n\n# Layout\n\n- `a`: b\n", ":4:1: "
            ),
            ("pipelines/crew.yaml", "name: crew\ntitle: T\nphases:\n  - name: a\n    do: fly\n", ":5:9: "),
        ]
    )
    func brokenFile(path: String, text: String, place: String) async throws {
        try program.configure(path, text)
        let outcome = try await program.run("new", Program.description, "--json")
        #expect(outcome.status == 3, "\(outcome.errors)")
        let said = try outcome.error()
        let file = program.home.appending(path: "config/" + path).path
        #expect(said["message"]?.string?.hasPrefix(file + place) == true, "\(said.text)")
        #expect(try await program.runNames().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
    }

    @Test("has a stack whose tool is missing: it ends unverified, and names the tool and the way to it")
    func missingTool() async throws {
        try program.addGuide(shell: "no-such-tool")
        let outcome = try await program.run("new", "a harbourlang tool that greets", "--into", "out")
        #expect(outcome.status == 4, "\(outcome.output) \(outcome.errors)")
        #expect(
            outcome.output.contains("Missing on this machine: no-such-tool. 'drydock doctor' says how to get it."),
            "\(outcome.output)"
        )
        let doctor = try await program.run("doctor").output
        #expect(doctor.contains("not found: no-such-tool"))
        #expect(doctor.contains("apt-get install dash"))
        #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
    }

    @Test("has a broken guide that it does not need: that disturbs nothing")
    func brokenElsewhere() async throws {
        try program.addGuide()
        try program.configure("guides/cargo.md", "---\ntitle: [\n")
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(
        "has a flake with a mistake that its toolchain needs: the file is named with its line, by the linter, too",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/nix-instantiate"), "needs Nix")
    )
    func brokenFlake() async throws {
        try program.addGuide()
        try program.configure("flakes/host/flake.nix", "{ outputs = ")
        let place = program.home.path + "/config/flakes/host/flake.nix:1:"
        let words = ["new", "a harbourlang tool that greets", "--into", "out", "--toolchain", "host-flake", "--json"]
        let outcome = try await program.run(words)
        #expect(outcome.status == 3, "\(outcome.output) \(outcome.errors)")
        let failure = try outcome.json()["failure"]
        #expect(failure?["message"]?.string?.contains("at \(place)") == true, "\(failure?.text ?? "")")
        #expect(try await program.run("replay", "latest").status == 0)
        let lint = try await program.run("flakes", "lint")
        #expect(lint.status == 3 && lint.output.contains("at \(place)"), "\(lint.output)")
        try FileManager.default.removeItem(at: program.home.appending(path: "config/flakes"))
        #expect(try await program.run("flakes", "lint").status == 0)
    }

    @Test("has a guide that names a flake which is not there, or broken: the linter says where, and no run begins")
    func unknownFlake() async throws {
        try program.addGuide(flake: "nope")
        let place = program.home.path + "/config/guides/harbour.md:8:8: there is no flake 'nope'"
        let lint = try await program.run("guides", "lint")
        #expect(lint.status == 3 && lint.output.contains(place), "\(lint.output)")
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 3, "\(outcome.output) \(outcome.errors)")
        #expect(try outcome.error()["message"]?.string?.hasPrefix(place) == true, "\(outcome.errors)")
        try program.configure("flakes/nope/flake.lock", "{}")
        let hollow = try await program.run(program.harbourCall())
        #expect(hollow.status == 3 && hollow.errors.contains("the folder 'nope' has no flake.nix"), "\(hollow.errors)")
        #expect(try await program.runNames().isEmpty)
    }
}
