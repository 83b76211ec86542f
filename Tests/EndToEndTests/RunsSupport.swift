import Core
import Foundation
import TestSupport
import Testing

/// What the tests of whole runs share.
extension Program {
    /// A project whose checks take no compiler.
    static let description = "a Python library that converts roman numerals"

    /// Writes a file below the configuration folder.
    func configure(_ path: String, _ text: String) throws {
        let file = home.appending(path: "config/" + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Adds a guide for the stack 'harbourlang' whose build and test are shell scripts.
    func addGuide(
        build: String = "true",
        test: String = "true",
        fetch: String? = nil,
        scaffold: [String]? = nil,
        shell: String = "sh",
        flake: String = "host"
    ) throws {
        func quoted(_ text: String) -> String { JSONValue.string(text).text }
        func command(_ purpose: String, _ argv: [String]) -> String {
            """
              - purpose: \(purpose)
                argv: [\(argv.map(quoted).joined(separator: ", "))]
                profile: \(purpose)

            """
        }
        func command(_ purpose: String, _ script: String) -> String { command(purpose, [shell, "-c", script]) }
        let made = scaffold.map { command("scaffold", $0) } ?? ""
        let fetched = fetch.map { command("fetch", $0) } ?? ""
        let commands = made + fetched + command("build", build) + command("test", test)
        try configure(
            "guides/harbour.md",
            """
            ---
            title: Harbourlang
            stack: harbourlang
            brief: a stack for tests
            words: [harbourlang]
            kinds: [command-line-tool]
            tools: [\(([shell] + (scaffold ?? []).prefix(1)).joined(separator: ", "))]
            flake: \(flake)
            nixPackages: []
            debianPackages: [dash]
            commands:
            \(commands)---

            - Write plain shell.

            # Layout

            - `greet.sh`: the program.

            # Blueprint: command-line-tool

            ## greet.sh (developer, executable)

            ```sh
            #!/bin/sh
            echo hello
            ```

            ## README.md (writer)

            ```markdown
            # {{title}}
            ```

            """
        )
    }

    /// The words of a call that makes a project of the stack of ``addGuide(build:test:)``.
    func harbourCall(into folder: String = "out") -> [String] {
        ["new", "a harbourlang tool that greets", "--into", folder, "--toolchain", "host", "--json"]
    }

    func start(_ arguments: [String]) throws -> Call { try Call(self, arguments, "") }

    /// The names of all runs, newest first.
    func runNames() async throws -> [String] {
        try await run("runs", "--names").output.split(separator: "\n").map(String.init)
    }

    func path(_ name: String) -> URL { folder.appending(path: name) }
}

/// What a folder holds, apart from its git folder.
struct FolderContents: Equatable, CustomStringConvertible {
    private let entries: [String: String]

    init(of folder: URL) throws {
        var entries: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            guard path != ".git", !path.hasPrefix(".git/") else { continue }
            let file = folder.appending(path: path).path
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            switch attributes[.type] as? FileAttributeType {
            case .typeSymbolicLink:
                entries[path] = try "-> " + FileManager.default.destinationOfSymbolicLink(atPath: file)
            case .typeDirectory: entries[path] = "folder"
            default: entries[path] = try "\(mode) \(Data(contentsOf: URL(filePath: file)).base64EncodedString())"
            }
        }
        self.entries = entries
    }

    var paths: [String] { entries.keys.sorted() }
    var description: String { "\(paths)" }
}

/// Another program, run to its end.
enum Tool {
    /// The errors are part of the output.
    @discardableResult
    static func run(_ argv: [String], in folder: URL? = nil) async throws -> ProgramOutcome {
        try await ChildProgram.run(argv[0], Array(argv.dropFirst()), folder: folder?.path, together: true)
    }

    /// Checks that a delivered folder is a repository in good order, with history and nothing left over.
    static func checkRepository(_ folder: URL) async throws {
        let status = try await run(["git", "status", "--porcelain", "--ignored"], in: folder)
        #expect(status.status == 0 && status.output.isEmpty, "\(status.output)")
        let log = try await run(["git", "log", "--format=%H"], in: folder)
        #expect(log.output.split(separator: "\n").count > 1, "\(log.output)")
        let check = try await run(["git", "fsck", "--strict", "--no-dangling"], in: folder)
        #expect(check.status == 0, "\(check.output)")
    }
}

/// The processes of this machine, as far as a test has marked them with an argument of their own.
struct Marked {
    /// A number of seconds that no other test sleeps.
    let seconds = Int.random(in: 100_000...999_999)

    /// The identifiers of the processes with the mark among their arguments, bubblewrap's own left out.
    func processes() -> [Int32] {
        let mark = "\(seconds)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            guard let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
            let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.first == "sleep" && words.contains(mark)
        }
    }

    func waitUntilRunning(_ count: Int = 1) async throws {
        try await Patience.wait(for: "\(count) marked processes") { processes().count >= count }
    }

    func waitUntilGone(within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if processes().isEmpty { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return processes().isEmpty
    }
}

enum Patience {
    struct Exhausted: Error, CustomStringConvertible {
        let description: String
    }

    /// Polls until something is so; gives up after a minute, which only a broken program needs.
    static func wait(for what: String, until isSo: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Exhausted(description: "waited in vain for \(what)")
    }
}
