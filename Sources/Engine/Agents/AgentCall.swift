internal import Core
internal import Journal
internal import Models
internal import Sandbox

/// One call of an agent.
struct AgentOrder {
    var prompt: String
    /// Without program and model.
    var arguments: [String]
    var site: AgentSite
    /// What it may use up, time and output aside: those are the agent's own.
    var limits = CommandLimits()
}

/// The folders that an agent works in.
struct AgentSite {
    var tree: String
    /// Real paths that it can read and not write.
    var protectedPaths: [String] = []
    /// Its private home.
    var home: String
    /// The project's own tools, so that it can build.
    var toolchain: Toolchain?
}

/// A call that gave an answer.
struct AgentCall {
    /// With `{prompt}` and `{file}` in place of the task.
    var argv: [String]
    /// Milliseconds since 1970.
    var startedAt: Int64
    var endedAt: Int64
    var result: CommandResult
    var answer: AgentAnswer
    /// What it could tell others, by name, at its beginning and at its end.
    var secrets: [String: String]
}

/// Private folders for a call that needs no work tree.
struct AgentFolder {
    let path: String

    var work: String { path + "/work" }
    var home: String { path + "/home" }

    /// Makes a fresh one, and removes what processes that are gone have left.
    static func make(in scratch: String) throws -> AgentFolder {
        try FileSystem.makeFolder(scratch)
        for name in try FileSystem.names(in: scratch) {
            guard let owner = name.split(separator: "-").first, Int(owner) != nil else { continue }
            if !FileSystem.exists("/proc/\(owner)") { try? FileSystem.removeTree(scratch + "/" + name) }
        }
        let folder = AgentFolder(path: "\(scratch)/\(ProcessIdentity.current.process)-\(UInt64.random(in: 0 ... .max))")
        try FileSystem.makeFolder(folder.work)
        try FileSystem.makeFolder(folder.home)
        return folder
    }
}
