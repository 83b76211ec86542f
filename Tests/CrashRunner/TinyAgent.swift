import Core
import Engine
import Foundation
import Models
import Sandbox

/// A program that works on files by itself, carried out by ``TinyRunner``: what ``TinyModel`` answers, written to a tree.
enum TinyAgent {
    static let name = "tiny-agent"

    static func source(_ folder: String, _ parts: EngineParts) throws -> OneAgent {
        try FileSystem.makeFolder(folder + "/bin")
        let program = folder + "/bin/" + name
        if !FileSystem.exists(program) {
            try FileSystem.write("#!/bin/sh\n", to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        }
        let profile = AgentProfile(name: name, command: name, textArguments: [], workArguments: ["--work"])
        let agent = AgentModel(
            profile,
            runner: parts.runner,
            environment: ["PATH": folder + "/bin", "HOME": folder + "/person"],
            scratch: folder + "/scratch",
            clock: FixedClock()
        )
        return OneAgent(AgentWriter(agent))
    }

    /// Writes half a file, then the whole of it, and junk that must not survive a kill in between.
    static func run(in site: BuildSite, _ log: EffectLog) throws -> CommandResult {
        let prompt = String(decoding: site.access?.input ?? [], as: UTF8.self)
        let given = prompt.split(separator: "\n").filter { $0.hasPrefix("{") }
            .compactMap { try? JSONValue(parsing: String($0)) }
        let role = given.lazy.compactMap { $0["worker"]?["role"]?.string }.first ?? ""
        let round = given.lazy.compactMap { $0["round"]?.integer }.first ?? 0
        log.append("begin agent \(role) \(round)")
        if round == 1 {
            let path = site.tree + (role == "coder" ? "/code.txt" : "/README.md")
            try FileSystem.write("half", to: path)
            try FileSystem.write("junk", to: site.tree + "/junk.txt")
            usleep(1_500)
            try FileSystem.removeTree(site.tree + "/junk.txt")
            try FileSystem.write(role == "coder" ? "wrong\n" : "# Tiny\n", to: path)
        }
        log.append("end agent \(role) \(round)")
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
