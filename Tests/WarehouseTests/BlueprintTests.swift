import Core
import Foundation
import TestSupport
import Testing
import Warehouse

/// A guide's starter for one kind, made and checked in one way.
struct StarterCase: Sendable, CustomTestStringConvertible {
    let guide: Guide
    let kind: ProjectKind
    let names: ProjectNames
    /// Whether the tool's own scaffolder runs first.
    let isScaffolded: Bool
    /// The folders that are searched for programs.
    let path: String

    var testDescription: String {
        "\(guide.name), \(kind.words), \(names.name)\(isScaffolded ? ", scaffolded" : "")"
    }

    static let hostPath = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    static let plain = ProjectNames(
        name: "Word Count",
        title: "Word Count",
        description: "A tool that counts the words of a file."
    )
    static let nasty = ProjectNames(
        name: "2048 Test Émile's \"String\"",
        title: "2048 \"quoted\" \\n <b>&amp;</b> */ --> ${HOME} `x` %s {{name}} 'n' #! \u{1b}[31m",
        description: "First \"line\" \\ with */ --> ]]> \"\"\" ''' {{name}} $HOME %d\n```\n# x\r\n<script>\u{7}\t'{}'"
    )

    /// All guides and kinds, or only those of the guides that `DRYDOCK_TEST_GUIDES` names.
    static var all: [StarterCase] {
        let wanted = ProcessInfo.processInfo.environment["DRYDOCK_TEST_GUIDES"]?.split(separator: ",").map(String.init)
        let guides = Warehouse(layers: [.builtIn]).guides.usable().filter { wanted?.contains($0.name) ?? true }
        return guides.flatMap { guide in
            guide.kinds.flatMap { kind in
                [(plain, true), (nasty, false)].map { names, isScaffolded in
                    StarterCase(guide: guide, kind: kind, names: names, isScaffolded: isScaffolded, path: hostPath)
                }
            }
        }
    }

    /// The same starters with the compilers that Debian ships, which lie behind others on the usual search path.
    static var onDebian: [StarterCase] {
        all.filter { !$0.isScaffolded }.map { item in
            StarterCase(
                guide: item.guide,
                kind: item.kind,
                names: item.names,
                isScaffolded: false,
                path: "/usr/bin:/bin"
            )
        }.filter { $0.firstMissingTool == nil && $0.differsFromHost }
    }

    private func place(of tool: String, on path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(tool)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    var firstMissingTool: String? { guide.tools.first { place(of: $0, on: path) == nil } }

    private var differsFromHost: Bool {
        guide.tools.contains { place(of: $0, on: path) != place(of: $0, on: Self.hostPath) }
    }
}

@Suite("A guide's starter", .tags(.large), .temporaryDirectory, .serialized)
struct BlueprintTests {
    private let folder = TemporaryDirectory.current.path

    @Test("leaves no placeholder", arguments: StarterCase.all.filter { $0.isScaffolded })
    func placeholders(item: StarterCase) throws {
        for file in item.guide.starter(for: item.kind, names: item.names) {
            #expect(!(file.path + file.content).contains(/\{\{[A-Za-z:]+\}\}/), "\(file.path)")
        }
        for command in item.guide.commands {
            #expect(!command.argv(with: item.names).joined().contains("{{"))
        }
        for template in [item.guide.sheet, item.guide.layout] {
            #expect(Template(template).unknownPlaceholder == nil)
        }
    }

    @Test("gives work to a developer, a tester and a writer", arguments: StarterCase.all.filter { $0.isScaffolded })
    func roles(item: StarterCase) {
        let roles = Set(item.guide.starter(for: item.kind, names: item.names).map(\.role))
        #expect(roles == [.developer, .tester, .writer])
    }

    @Test("builds, and its tests pass", arguments: StarterCase.all)
    func works(item: StarterCase) throws {
        try check(item)
    }

    @Test("works with the compilers of Debian too", arguments: StarterCase.onDebian)
    func worksOnDebian(item: StarterCase) throws {
        try check(item)
    }

    @Test("has tests that fail when the code is broken", arguments: StarterCase.all.filter { !$0.isScaffolded })
    func canFail(item: StarterCase) throws {
        if let tool = item.firstMissingTool { return try skip(item, tool) }
        try write(item)
        let change = try #require(Mutation.all.first { $0.guide == item.guide.name && $0.kind == item.kind })
        let path = folder + "/tree/" + Template(change.path).rendered(with: item.names)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(change.old), "\(path) has no '\(change.old)'")
        try Data(text.replacing(change.old, with: change.new).utf8).write(to: URL(filePath: path))
        let results = try (item.guide.commands(for: .build, kind: item.kind)).map { try run($0, of: item) }
        #expect(results.allSatisfy { $0.status == 0 }, "\(results.map(\.output))")
        #expect(try item.guide.commands(for: .test, kind: item.kind).contains { try run($0, of: item).status != 0 })
    }

    /// Makes the starter as a run does, and runs the guide's commands.
    private func check(_ item: StarterCase) throws {
        if let tool = item.firstMissingTool { return try skip(item, tool) }
        try FileManager.default.createDirectory(atPath: folder + "/tree", withIntermediateDirectories: true)
        if item.isScaffolded, let scaffolder = item.guide.scaffolder(for: item.kind) {
            let result = try run(scaffolder, of: item)
            try #require(result.status == 0, "\(result.output)")
        }
        try write(item)
        for purpose in [GuideCommand.Purpose.prepare, .format, .build, .test] {
            for command in item.guide.commands(for: purpose, kind: item.kind) {
                let result = try run(command, of: item)
                #expect(result.status == 0, "\(command.argv.joined(separator: " ")):\n\(result.output)")
            }
        }
    }

    /// A missing tool is no success: it is recorded as a known issue with its name.
    private func skip(_ item: StarterCase, _ tool: String) throws {
        withKnownIssue("'\(tool)' is not installed") { Issue.record("\(item.guide.name) was not tried") }
    }

    private func write(_ item: StarterCase) throws {
        for file in item.guide.starter(for: item.kind, names: item.names) {
            let url = URL(filePath: folder + "/tree/" + (try ProjectPath(file.path)).description)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(file.content.utf8).write(to: url)
            if file.isExecutable {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
            }
        }
    }

    /// Runs a command as the sandbox would: in the tree, with a home of its own and the guide's variables.
    private func run(_ command: GuideCommand, of item: StarterCase) throws -> (status: Int32, output: String) {
        try FileManager.default.createDirectory(atPath: folder + "/home", withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command.argv(with: item.names)
        process.currentDirectoryURL = URL(filePath: folder + "/tree")
        let host = ProcessInfo.processInfo.environment
        var environment = ["PATH": item.path, "HOME": folder + "/home", "LANG": "C.UTF-8", "CI": "1"]
        // The tool managers of a development machine find their toolchains by these.
        for name in ["RUSTUP_HOME", "PYENV_ROOT", "NVM_DIR", "JAVA_HOME"] {
            environment[name] = host[name]
        }
        if environment["RUSTUP_HOME"] == nil { environment["RUSTUP_HOME"] = NSHomeDirectory() + "/.rustup" }
        process.environment = environment.merging(item.guide.environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let log = folder + "/output"
        try Data().write(to: URL(filePath: log))
        let output = try FileHandle(forWritingTo: URL(filePath: log))
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
    }
}

/// A change to a starter's code that its own tests must notice.
struct Mutation {
    let guide: String
    let kind: ProjectKind
    let path: String
    let old: String
    let new: String

    static let all = [
        Mutation(guide: "cargo", kind: .commandLineTool, path: "src/lib.rs", old: "+= length", new: "+= length + 1"),
        Mutation(guide: "cargo", kind: .library, path: "src/lib.rs", old: "+= 1", new: "+= 2"),
        Mutation(guide: "python", kind: .commandLineTool, path: "{{module}}/counts.py", old: "len(line)", new: "1"),
        Mutation(guide: "python", kind: .library, path: "{{module}}/word_table.py", old: "+= 1", new: "+= 2"),
        Mutation(guide: "python", kind: .httpService, path: "{{module}}/service.py", old: "Hello", new: "Bye"),
        Mutation(guide: "npm", kind: .commandLineTool, path: "src/counts.js", old: "chunk.length", new: "1"),
        Mutation(guide: "npm", kind: .library, path: "src/word-table.js", old: "+ 1", new: "+ 2"),
        Mutation(guide: "npm", kind: .httpService, path: "src/service.js", old: "Hello", new: "Bye"),
        Mutation(guide: "go", kind: .commandLineTool, path: "internal/counts/counts.go", old: "len(line)", new: "1"),
        Mutation(guide: "go", kind: .library, path: "wordtable.go", old: "]++", new: "] += 2"),
        Mutation(guide: "go", kind: .httpService, path: "internal/service/service.go", old: "Hello", new: "Bye"),
        Mutation(
            guide: "cmake",
            kind: .commandLineTool,
            path: "src/counts.cpp",
            old: "++counts.bytes",
            new: "counts.bytes += 2"
        ),
        Mutation(guide: "cmake", kind: .library, path: "src/word_table.cpp", old: "++counts_", new: "--counts_"),
        Mutation(
            guide: "swiftpm",
            kind: .commandLineTool,
            path: "Sources/{{Type}}Core/Counts.swift",
            old: "bytes += 1",
            new: "bytes += 2"
        ),
        Mutation(guide: "swiftpm", kind: .library, path: "Sources/{{Type}}/WordTable.swift", old: "+= 1", new: "+= 2"),
        Mutation(
            guide: "maven",
            kind: .commandLineTool,
            path: "src/main/java/com/example/{{module}}/Counts.java",
            old: "bytes++",
            new: "bytes += 2"
        ),
        Mutation(
            guide: "maven",
            kind: .library,
            path: "src/main/java/com/example/{{module}}/WordTable.java",
            old: "Integer::sum",
            new: "Math::max"
        ),
        Mutation(
            guide: "maven",
            kind: .httpService,
            path: "src/main/java/com/example/{{module}}/Service.java",
            old: "Hello",
            new: "Bye"
        ),
        Mutation(guide: "web", kind: .webPage, path: "index.html", old: " lang=\"en\"", new: ""),
    ]
}
