import Core
import Foundation
import ProcessKit
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
                // Without a scaffolder the ordinary title shows nothing that the hostile one does not.
                (guide.scaffolder(for: kind) == nil ? [false] : [true, false]).map { isScaffolded in
                    let names = isScaffolded ? plain : nasty
                    return StarterCase(
                        guide: guide,
                        kind: kind,
                        names: names,
                        isScaffolded: isScaffolded,
                        path: hostPath
                    )
                }
            }
        }
    }

    /// The same starters with the compilers that Debian ships, where the usual search path has others; it has no Swift 6.
    static var onDebian: [StarterCase] {
        all.filter { !$0.isScaffolded && $0.guide.name != "swiftpm" && DebianCompilers.gaps.isEmpty }.map { item in
            StarterCase(
                guide: item.guide,
                kind: item.kind,
                names: item.names,
                isScaffolded: false,
                path: DebianCompilers.path
            )
        }.filter { $0.differsFromHost }
    }

    private func place(of tool: String, on path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(tool)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    var firstMissingTool: String? { guide.tools.first { place(of: $0, on: path) == nil } }

    private var differsFromHost: Bool {
        guide.tools.contains { place(of: $0, on: path) != place(of: $0, on: Self.hostPath) }
    }
}

/// The guides whose starters cannot be tried on this machine.
///
/// Tests of a missing tool's starters are left out. That is no success: it is reported as a skipped test with the reason
/// and, on a machine of continuous integration, where all tools have to be, as a failed one.
struct UntriedGuides: CustomStringConvertible {
    /// Services for continuous integration set `CI`, and so does `.ci/run`.
    static let isIntegration = !["", "0", "false"].contains(ProcessInfo.processInfo.environment["CI"] ?? "")
    static let all = UntriedGuides()

    /// `GUIDE needs TOOL`, for each.
    let gaps: [String] = Set(
        StarterCase.all.compactMap { item in item.firstMissingTool.map { "\(item.guide.name) needs '\($0)'" } }
    ).sorted()

    var description: String {
        "starters not tried: \(gaps.joined(separator: ", ")); install them with 'scripts/setup --all'"
    }
}

/// The compilers of Debian 12, of which the blueprints may ask no more.
enum DebianCompilers {
    /// Where they come first: those that `scripts/debian-compilers` fetched, then the machine's own.
    static let path: String = {
        let fetched = ProcessInfo.processInfo.environment["DRYDOCK_DEBIAN_COMPILERS"] ?? ""
        return (fetched.isEmpty ? "" : fetched + ":") + "/usr/bin:/bin"
    }()

    static let versions = [
        (program: "rustc", option: "--version", version: "rustc 1.63."),
        (program: "node", option: "--version", version: "v18."),
        (program: "go", option: "version", version: "go version go1.19"),
        (program: "c++", option: "-dumpfullversion", version: "12."),
    ]

    /// What is not there or of another version.
    static let gaps: [String] = versions.compactMap { compiler in
        let words = [compiler.program, compiler.option]
        let environment = ["PATH": path, "HOME": "/nonexistent"]
        let output = try? ChildProgram.run("/usr/bin/env", words, environment: environment).output
        return output?.hasPrefix(compiler.version) == true ? nil : "\(compiler.program) is '\(output ?? "")'"
    }
}

@Suite("A guide's starter", .tags(.large), .temporaryDirectory, .serialized)
struct BlueprintTests {
    private let folder = TemporaryDirectory.current.path

    @Test("leaves no placeholder", arguments: StarterCase.all.filter { !$0.isScaffolded })
    func placeholders(item: StarterCase) throws {
        for file in item.guide.starter(for: item.kind, names: StarterCase.plain) {
            #expect(!(file.path + file.content).contains(/\{\{[A-Za-z:]+\}\}/), "\(file.path)")
        }
        for command in item.guide.commands {
            #expect(!command.argv(with: StarterCase.plain).joined().contains("{{"))
        }
        for template in [item.guide.sheet, item.guide.layout] {
            #expect(Template(template).unknownPlaceholder == nil)
        }
    }

    @Test("gives work to a developer, a tester and a writer", arguments: StarterCase.all.filter { !$0.isScaffolded })
    func roles(item: StarterCase) {
        let roles = Set(item.guide.starter(for: item.kind, names: item.names).map(\.role))
        #expect(roles == [.developer, .tester, .writer])
    }

    @Test(
        "has its tools here",
        .enabled("\(UntriedGuides.all)") { UntriedGuides.all.gaps.isEmpty || UntriedGuides.isIntegration }
    )
    func tools() {
        #expect(UntriedGuides.all.gaps.isEmpty, "\(UntriedGuides.all)")
    }

    @Test(
        "builds, and its tests pass, and fail when the code is broken",
        arguments: StarterCase.all.filter { $0.firstMissingTool == nil }
    )
    func works(item: StarterCase) async throws {
        try await check(item)
        if !item.isScaffolded { try await checkThatTestsCanFail(item) }
    }

    @Test(
        "has the compilers of Debian 12 here, in their versions",
        .enabled("\(DebianCompilers.gaps); scripts/debian-compilers fetches them") {
            DebianCompilers.gaps.isEmpty || UntriedGuides.isIntegration
        }
    )
    func debianCompilers() {
        #expect(DebianCompilers.gaps.isEmpty)
    }

    @Test("works with the compilers of Debian too", arguments: StarterCase.onDebian)
    func worksOnDebian(item: StarterCase) async throws {
        try await check(item)
    }

    /// Breaks a line of the code and expects the starter's own tests to notice.
    private func checkThatTestsCanFail(_ item: StarterCase) async throws {
        let change = try #require(Mutation.all.first { $0.guide == item.guide.name && $0.kind == item.kind })
        let path = folder + "/tree/" + Template(change.path).rendered(with: item.names)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(change.old), "\(path) has no '\(change.old)'")
        try Data(text.replacing(change.old, with: change.new).utf8).write(to: URL(filePath: path))
        for command in item.guide.commands(for: .build, kind: item.kind) {
            let result = try await run(command, of: item)
            #expect(result.passed, "\(result.output)")
        }
        let test = try #require(item.guide.commands(for: .test, kind: item.kind).first)
        let result = try await run(test, of: item)
        #expect(!result.passed, "the tests do not notice \(change.new)")
    }

    /// Makes the starter as a run does, and runs the guide's commands.
    private func check(_ item: StarterCase) async throws {
        try FileManager.default.createDirectory(atPath: folder + "/tree", withIntermediateDirectories: true)
        if item.isScaffolded, let scaffolder = item.guide.scaffolder(for: item.kind) {
            let result = try await run(scaffolder, of: item)
            try #require(result.passed, "\(result.output)")
        }
        try write(item)
        for purpose in [GuideCommand.Purpose.prepare, .format, .build, .test] {
            for command in item.guide.commands(for: purpose, kind: item.kind) {
                let result = try await run(command, of: item)
                #expect(result.passed, "\(command.argv.joined(separator: " ")):\n\(result.output)")
                guard let evidence = command.evidence else { continue }
                let expression = try Regex(evidence).anchorsMatchLineEndings()
                #expect(result.output.contains(expression), "no evidence '\(evidence)' in:\n\(result.output)")
            }
        }
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
    private func run(_ command: GuideCommand, of item: StarterCase) async throws -> (passed: Bool, output: String) {
        let home = folder + "/home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let host = ProcessInfo.processInfo.environment
        // Java does not look at HOME.
        var environment = ["PATH": item.path, "HOME": home, "LANG": "C.UTF-8", "MAVEN_OPTS": "-Duser.home=\(home)"]
        // The tool managers of a development machine find their toolchains by these.
        for name in ["PYENV_ROOT", "NVM_DIR", "JAVA_HOME"] {
            environment[name] = host[name]
        }
        environment["RUSTUP_HOME"] = host["RUSTUP_HOME"] ?? NSHomeDirectory() + "/.rustup"
        let output = try await Subprocess.run(
            command.argv(with: item.names),
            environment: environment.merging(item.guide.environment) { $1 },
            directory: folder + "/tree",
            limits: .init(time: .seconds(240))
        )
        return (output.succeeded, output.text + output.errorText)
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
        Mutation(guide: "swiftpm", kind: .library, path: "Sources/{{name}}/{{module}}.swift", old: "+= 1", new: "+= 2"),
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
