import Core
import Foundation
import TestSupport
import Testing

@Suite("The documents", .tags(.large), .temporaryDirectory)
struct DocumentTests {
    @Test("show command lines that work, with the exit codes that they name", arguments: runnable)
    func commandLines(document: Document) async throws {
        let shell = try DocumentShell(below: TemporaryDirectory.current)
        for line in document.commandLines {
            let outcome = try await shell.run(line.text)
            #expect(
                outcome.status == line.status,
                "\(document.path):\(line.number): \(line.text)\n\(outcome.output)\n\(outcome.errors)"
            )
        }
    }

    static let runnable = Document.all.filter { !$0.commandLines.isEmpty }

    @Test("link to files and headings that are there", arguments: Document.all)
    func links(document: Document) throws {
        for link in document.links where !link.contains("://") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let folder = Document.root.appending(path: document.path).deletingLastPathComponent()
            let file =
                parts[0].isEmpty ? Document.root.appending(path: document.path) : folder.appending(path: parts[0])
            #expect(FileManager.default.fileExists(atPath: file.path), "\(document.path): \(link)")
            guard parts.count == 2, file.pathExtension == "md" else { continue }
            let path = String(file.standardized.path.dropFirst(Document.root.standardized.path.count + 1))
            #expect(try Document(path).anchors.contains(parts[1]), "\(document.path): \(link)")
        }
    }

    @Test("name test suites that are there", arguments: Document.all)
    func suites(document: Document) {
        let tests = FileManager.default.enumerator(atPath: Document.root.appending(path: "Tests").path)
        let files = (tests?.compactMap { $0 as? String }) ?? []
        let names = Set(
            files.flatMap { file in file.split(separator: "/").map { part in String(part.prefix { $0 != "." }) } }
        )
        for match in document.text.matches(of: /`([A-Z][A-Za-z]*(?:Tests|Conformance))`/) {
            #expect(names.contains(String(match.1)), "\(document.path): \(match.1)")
        }
    }

    @Test("describe every command with every option, and no other")
    func commands() async throws {
        let page = try Document("docs/cli.md")
        let readme = try #require(try Document("README.md").section("## Commands"))
        let program = try Program(below: TemporaryDirectory.current)
        let root = try await CommandHelp(program, [])
        #expect(root.commands.contains("new"))
        var known: Set<String> = []
        for name in root.commands {
            #expect(readme.contains("`\(name)`"), "README.md lacks '\(name)'")
            let help = try await CommandHelp(program, [name])
            for words in help.commands.isEmpty ? [[name]] : help.commands.map({ [name, $0] }) {
                known.insert(words.joined(separator: " "))
                try await check(words, in: page, program)
            }
        }
        for heading in page.text.split(separator: "\n") where heading.hasPrefix("### `drydock ") {
            let words = heading.dropFirst("### `drydock ".count).split { " `".contains($0) }
            let isKnown = [1, 2].contains { known.contains(words.prefix($0).joined(separator: " ")) }
            #expect(isKnown, "docs/cli.md: \(heading)")
        }
    }

    /// The four kinds of knowledge have the same commands, which the page describes once.
    private func check(_ words: [String], in page: Document, _ program: Program) async throws {
        let kinds = ["guides", "flakes", "pipelines", "skills"]
        var described = words
        if kinds.contains(words[0]) {
            #expect(page.text.contains("| `drydock \(words[0])` |"), "docs/cli.md lacks '\(words[0])'")
            described[0] = "guides"
        }
        let heading = "### `drydock \(described.joined(separator: " "))"
        let section = try #require(page.section(heading), "docs/cli.md lacks '\(heading)'")
        for option in try await CommandHelp(program, words).options where !Self.common.contains(option) {
            #expect(section.contains("`\(option)"), "docs/cli.md: '\(heading)' lacks '\(option)'")
        }
        let mentioned = section.matches(of: /^\| .*?`(--[a-z-]+)/.anchorsMatchLineEndings()).map { String($0.1) }
        let options = try await CommandHelp(program, words).options
        for option in mentioned {
            #expect(options.contains(option), "docs/cli.md: '\(heading)' has no '\(option)'")
        }
    }

    private static let common: Set<String> = ["--json", "--color", "--quiet", "--help"]

    @Test("list every setting with its default and its variable, and no other")
    func settings() async throws {
        let program = try Program(below: TemporaryDirectory.current)
        let settings = try #require(try await program.run("config", "show", "--json").json().array)
        let page = try Document("docs/configuration.md")
        let rows = page.tableRows.filter { $0.count == 5 && $0[2].hasPrefix("DRYDOCK_") }
        for setting in settings {
            let name = try #require(setting["name"]?.string)
            let row = try #require(rows.first { $0[0] == name }, "docs/configuration.md lacks '\(name)'")
            #expect(row[1] == setting["value"]?.string, "\(name)")
            #expect(try await show(name, through: row[2], program) == row[2], "\(name)")
        }
        #expect(rows.count == settings.count)
    }

    /// Where the value comes from when the variable is set to the default.
    private func show(_ name: String, through variable: String, _ program: Program) async throws -> String? {
        var program = program
        let value = try await program.run("config", "show", name).output.dropLast()
        program.environment = [variable: String(value)]
        let settings = try await program.run("config", "show", name, "--json").json().array
        return settings?.first?["origin"]?.string
    }

    @Test("list every exit code", arguments: FaultKind.allCases)
    func exitCodes(kind: FaultKind) throws {
        let rows = try Document("docs/cli.md").tableRows
        #expect(rows.contains { $0.first == "\(kind.exitStatus)" && $0.dropFirst().first == kind.rawValue })
        let readme = try #require(try Document("README.md").section("## Exit codes"))
        #expect(readme.contains("| \(kind.exitStatus) |"))
    }

    @Test("list every library and every program that is installed from Debian")
    func dependencies() throws {
        let page = Set(
            try Document("docs/dependencies.md").text.matches(of: /`([a-z0-9.-]+)`/).map { String($0.1) }
        )
        let manifest = try String(contentsOf: Document.root.appending(path: "Package.swift"), encoding: .utf8)
        let packages = manifest.matches(of: /"(lib[a-z0-9-]+-dev)"/).map { String($0.1) }
        #expect(packages.count >= 6)
        for package in packages + ["bubblewrap", "zstd", "nix-bin", "git", "pkg-config"] {
            #expect(page.contains(package), "docs/dependencies.md lacks '\(package)'")
        }
        let modules = Set(try Document("docs/modules.md").text.matches(of: /`([A-Za-z0-9]+)`/).map { String($0.1) })
        for target in manifest.matches(of: /(?:module|library|name:)\(?\s*"([A-Z][A-Za-z0-9]+)"/).map({ String($0.1) })
        {
            #expect(modules.contains(target), "docs/modules.md lacks '\(target)'")
        }
    }
    @Test("name every script and every subject of the benchmark")
    func scripts() throws {
        let pages = try ["README.md", "CONTRIBUTING.md", "docs/testing.md"].map { try Document($0).text }.joined()
        let scripts = try FileManager.default.contentsOfDirectory(atPath: Document.root.appending(path: "scripts").path)
        for script in scripts where !script.hasSuffix(".sh") {
            #expect(pages.contains("scripts/\(script)"), "no page names 'scripts/\(script)'")
        }
        let bench = Document.root.appending(path: "Sources/drydock-bench/Bench.swift")
        let subjects = try String(contentsOf: bench, encoding: .utf8).matches(of: /\("([a-z]+)", [A-Z]\w+\.run\)/)
        #expect(!subjects.isEmpty)
        for subject in subjects.map({ String($0.1) }) {
            #expect(try Document("docs/testing.md").text.contains("| `\(subject)` |"), "docs/testing.md: '\(subject)'")
        }
    }
}

/// What `--help` lists.
private struct CommandHelp {
    let commands: [String]
    /// The long names.
    let options: [String]

    init(_ program: Program, _ words: [String]) async throws {
        let help = try await program.run(words + ["--help"]).output
        var section = ""
        var commands: [String] = []
        var options: [String] = []
        for line in help.split(separator: "\n") {
            if !line.hasPrefix(" ") { section = String(line) }
            guard line.hasPrefix("  "), section.hasSuffix(":") else { continue }
            if let option = line.firstMatch(of: /^ {2}(?:-[a-z], | {4})(--[a-z-]+)/) {
                options.append(String(option.1))
            } else if let command = line.firstMatch(of: /^ {2}([a-z][a-z-]*) {2}/), !section.hasPrefix("Arguments") {
                commands.append(String(command.1))
            }
        }
        self.commands = commands
        self.options = options
    }
}

/// A shell as a reader of the documents has it: the program on `PATH`, and folders of its own.
private struct DocumentShell {
    let folder: URL
    let environment: [String: String]

    init(below root: URL) throws {
        let files = FileManager.default
        folder = root.appending(path: "here")
        let programs = root.appending(path: "bin")
        for place in [folder, programs] {
            try files.createDirectory(at: place, withIntermediateDirectories: true)
        }
        try files.createSymbolicLink(
            at: programs.appending(path: "drydock"),
            withDestinationURL: URL(filePath: Program.binary)
        )
        let inherited = ProcessInfo.processInfo.environment
        environment = [
            "PATH": programs.path + ":" + (inherited["PATH"] ?? "/usr/bin:/bin"), "LANG": "C.UTF-8",
            // Tools such as rustup find their own files by it.
            "HOME": inherited["HOME"] ?? "/nonexistent",
            "XDG_CONFIG_HOME": root.path + "/config", "XDG_STATE_HOME": root.path + "/state",
            "XDG_DATA_HOME": root.path + "/data", "XDG_CACHE_HOME": root.path + "/cache",
        ]
    }

    /// Runs one line as `sh` does, in the folder in which the lines before it were run.
    func run(_ line: String) async throws -> ProgramOutcome {
        try await ChildProgram.run("/bin/sh", ["-c", line], environment: environment, folder: folder.path)
    }
}
