import Core
import Engine
import Foundation
import HashKit
import Models
import Sandbox
import Warehouse

/// A clock that stands still: commits and records of two runs are then the same.
struct FixedClock: WallClock {
    let milliseconds: Int64 = 1_700_000_000_000
}

struct FixedIdentifiers: IdentifierSource {
    func nextRun(at milliseconds: Int64) -> RunID { RunID(milliseconds: milliseconds, random: 7) }
}

/// A stack that needs no tool: its commands are carried out by ``TinyRunner``.
enum Tiny {
    static let guide = """
        ---
        title: Tiny
        stack: tiny
        brief: A stack for tests
        words: [tiny]
        kinds: [library]
        tools: []
        flake: host
        nixPackages: []
        debianPackages: []
        commands:
          - purpose: scaffold
            argv: [tiny, make, scaffold.txt]
            profile: scaffold
          - purpose: build
            argv: [tiny, make, build.txt]
            profile: build
          - purpose: test
            argv: [tiny, test, code.txt]
            profile: test
        ---

        Nothing to know.

        # Layout

        - `code.txt`: the code.

        # Blueprint: library

        ## code.txt (developer)

        ```
        code
        ```

        """
}

/// What was begun and what was completed, across all processes of one run: one line each, never rewritten.
struct EffectLog: Sendable {
    let path: String

    func append(_ line: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }
}

struct TinyToolchain: ToolchainSource {
    func toolchain(for need: ToolchainNeed, from warehouse: Warehouse) async throws -> ChosenToolchain {
        let toolchain = Toolchain(level: .host, environment: [:], toolFolders: [], key: .sha256(of: "tiny"))
        return ChosenToolchain(toolchain: toolchain)
    }
}

/// `tiny make FILE` writes a file in two halves; `tiny test FILE` succeeds once the file says `right`.
struct TinyRunner: CommandRunner {
    let log: EffectLog
    let isolation = Isolation.none

    func run(
        _ command: Command,
        in site: BuildSite,
        onLine: @escaping @Sendable (String) -> Void
    ) async throws -> CommandResult {
        if command.argv.first == TinyAgent.name { return try TinyAgent.run(command, in: site, log) }
        let words = command.argv.joined(separator: " ")
        log.append("begin \(words)")
        let path = site.tree + "/" + command.argv[2]
        var exitCode: Int32 = 0
        if command.argv[1] == "make" {
            try Data("half".utf8).write(to: URL(filePath: path))
            usleep(1_500)
            try Data("whole\n".utf8).write(to: URL(filePath: path))
        } else {
            usleep(1_000)
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            exitCode = text.contains("right") ? 0 : 1
        }
        log.append("end \(words)")
        return CommandResult(
            ending: .exited,
            exitCode: exitCode,
            output: exitCode == 0 ? "well\n" : "\(words): not right\n",
            outputBytes: 5,
            durationMilliseconds: Int.random(in: 1...1_000)
        )
    }
}

/// Two workers, one mistake, one fix.
struct TinyModel: ModelProvider {
    let log: EffectLog
    let identity = ModelIdentity(provider: "tiny", name: "tiny")

    func estimate(_ request: ModelRequest) -> Usage { Usage(inputTokens: 3, outputTokens: 2, costUSD: 0.5) }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        log.append("begin \(name(of: request))")
        try await Task.sleep(for: .milliseconds(1))
        let text = try answer(request)
        log.append("end \(name(of: request))")
        return ModelReply(text: text, usage: Usage(inputTokens: 3, outputTokens: 2, costUSD: 0.5))
    }

    private func name(of request: ModelRequest) -> String {
        let worker = request.input["worker"]?["role"]?.string ?? ""
        let round = request.input["round"]?.integer ?? 0
        return "model \(request.contract) \(worker) \(round)"
    }

    private func answer(_ request: ModelRequest) throws -> String {
        switch request.contract {
        case "plan":
            let component = PlannedComponent(
                name: "tiny",
                guide: "tiny",
                kind: .library,
                path: "",
                description: "Tiny."
            )
            return try text(Plan(title: "Tiny", summary: "Tiny.", stack: ["tiny"], components: [component]))
        case "staff":
            let roles = [("coder", "code.txt"), ("writer", "README.md")].map { role, path in
                WorkerRole(role: role, description: role, owns: [path], skills: [])
            }
            return try text(Staff(workers: roles))
        case "generate": return try text(generation(for: request))
        case "fix":
            let file = FileText(path: "code.txt", content: "right\n")
            return try text(Fix(diagnosis: "wrong", fixed: true, files: [file]))
        case "review": return try text(Review(accepted: true, feedback: "fine", issues: []))
        case "choose": return try text(Choice(choice: .first, reason: "it is shorter"))
        default: return try text(Verdict(approved: true, scope: .described, reasons: ["fine"], missing: []))
        }
    }

    private func generation(for request: ModelRequest) -> Generation {
        let isCoder = request.input["worker"]?["role"] == "coder"
        guard request.input["round"] == 1 else { return Generation(message: "nothing to add", files: []) }
        let path = isCoder ? "code.txt" : "README.md"
        let files = [FileText(path: path, content: isCoder ? "wrong\n" : "# Tiny\n")]
        return Generation(message: "written", files: files, commands: isCoder ? [["tiny", "make", "asked.txt"]] : [])
    }

    private func text(_ value: some Encodable) throws -> String { try JSONValue(encoding: value).text }
}
