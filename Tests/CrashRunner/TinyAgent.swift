import Core
import Engine
import Foundation
import Models
import Sandbox

/// A program that works on files by itself, carried out by ``TinyRunner``: what ``TinyModel`` answers, written to a tree.
enum TinyAgent {
    static let name = "tiny-agent"
    /// The same program, told to write something else.
    static let twin = "tiny-twin"

    static func source(_ folder: String, _ parts: EngineParts, _ names: [String]) throws -> SameAgents {
        try FileSystem.makeFolder(folder + "/bin")
        let program = folder + "/bin/" + name
        if !FileSystem.exists(program) {
            try FileSystem.write("#!/bin/sh\n", to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        }
        let agents = names.map { name in
            AgentModel(
                AgentProfile(name: name, command: Self.name, textArguments: [], workArguments: ["--work", name]),
                runner: parts.runner,
                environment: ["PATH": folder + "/bin", "HOME": folder + "/person"],
                scratch: folder + "/scratch",
                clock: FixedClock()
            )
        }
        return SameAgents(AgentWriters(agents.map { AgentWriter($0) }))
    }

    /// Both write side by side; the model answers all else.
    static func pairTable(over model: ModelIdentity) -> RouteTable {
        let pair = [name, twin].map { ModelIdentity(provider: $0, name: $0) }
        return RouteTable([model], chains: [GenerateContract.name: pair], pair: pair)
    }

    /// Writes half a file, then the whole of it, and junk that must not survive a kill in between.
    static func run(_ command: Command, in site: BuildSite, _ log: EffectLog) throws -> CommandResult {
        let agent = command.argv.last ?? ""
        let prompt = String(decoding: site.access?.input ?? [], as: UTF8.self)
        let given = prompt.split(separator: "\n").filter { $0.hasPrefix("{") }
            .compactMap { try? JSONValue(parsing: String($0)) }
        let role = given.lazy.compactMap { $0["worker"]?["role"]?.string }.first ?? ""
        let round = given.lazy.compactMap { $0["round"]?.integer }.first ?? 0
        log.append("begin agent \(agent) \(role) \(round)")
        if round == 1 {
            let path = site.tree + (role == "coder" ? "/code.txt" : "/README.md")
            try FileSystem.write("half", to: path)
            try FileSystem.write("junk", to: site.tree + "/junk.txt")
            usleep(1_500)
            try FileSystem.removeTree(site.tree + "/junk.txt")
            try FileSystem.write((role == "coder" ? "wrong\n" : "# Tiny\n") + (agent == twin ? "twin\n" : ""), to: path)
        }
        log.append("end agent \(agent) \(role) \(round)")
        return CommandResult(
            ending: .exited,
            exitCode: 0,
            output: round == 1 ? "written\n" : "nothing to add\n",
            outputBytes: 8,
            durationMilliseconds: 2,
            errors: ""
        )
    }
}
