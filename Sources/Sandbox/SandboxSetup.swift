internal import Core
internal import FoundationEssentials
internal import ProcessKit
internal import SeccompKit

/// Everything that bubblewrap is told for one command.
package struct SandboxSetup: Sendable {
    /// The namespaces that the command does not share with the machine, and what becomes of its powers.
    package var namespaces: [String]
    /// What is visible, in the order in which it is mounted.
    package var mounts: [String]
    /// Small files that are made afresh for each command, by their paths.
    package var files: [String: [UInt8]]
    package var environment: [String: String]
    /// The environment of bubblewrap itself, which the command can read as that of process 1.
    package var helperEnvironment: [String: String] = [:]
    /// Descriptors of ours that the command gets, after those that bubblewrap needs.
    package var inherited: [Int32] = []
    /// The kernel program that refuses system calls.
    package var filter: [UInt8]?
    package var directory: String
    package var argv: [String]

    init(
        _ command: Command,
        _ place: SitePlace,
        folder: String,
        hidden: HiddenFolders,
        system: SystemFiles,
        environment: SandboxEnvironment
    ) throws {
        let network = place.site.hasNetwork(for: command)
        namespaces =
            [
                "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
                "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "drydock",
                "--uid", "\(BubblewrapRunner.insideUser)", "--gid", "\(BubblewrapRunner.insideUser)",
            ] + (network ? [] : ["--unshare-net"])
        var plan = MountPlan(hidden: hidden)
        plan.addProcesses()
        plan.addSystem(system)
        plan.addPrivate(temporaryBytes: min(BubblewrapRunner.temporaryBytes, command.limits.memoryBytes))
        plan.addStore()
        for tool in place.toolchain.toolFolders {
            try plan.addTool(tool)
        }
        if network {
            for path in environment.certificatePaths {
                try plan.addTool(path)
            }
        }
        try plan.addSite(tree: place.tree, home: place.home, protected: place.protected)
        if command.profile.hasNetwork {
            try plan.hideSettings(in: Self.folders(from: folder, to: place.tree), home: place.home)
        }
        for file in place.access?.homeFiles ?? [] {
            try plan.addHomeFile(file, home: place.home)
        }
        plan.seal()
        mounts = plan.arguments
        files = [Self.passwordFile: Self.users(home: place.home)]
        filter = try FilterProgram.standard(sharesNetwork: network)
        directory = folder
        argv = command.argv
        self.environment = environment.variables(for: command, in: place.site, temporary: "/tmp")
    }

    /// The folder, those above it, and the project's own; `folder` lies in `tree`.
    private static func folders(from folder: String, to tree: String) -> [String] {
        var folders = [folder]
        while let last = folders.last, last != tree, last.hasPrefix(tree), let slash = last.lastIndex(of: "/") {
            folders.append(String(last[..<slash]))
        }
        return folders
    }

    /// What /etc/passwd leads to.
    static let passwordFile = "/run/passwd"

    /// The one user that there is inside.
    private static func users(home: String) -> [UInt8] {
        let name = SandboxEnvironment.userName
        let number = BubblewrapRunner.insideUser
        return Array("\(name):x:\(number):\(number):\(name):\(home):/bin/sh\n".utf8)
    }

    /// bubblewrap's arguments, when its descriptors are these.
    ///
    /// `hold` is the gate's other end: while bubblewrap has it open itself, a Drydock that dies does not open the gate, and
    /// a command that nobody watches never begins.
    func arguments(
        status: Int,
        gate: Int,
        hold: Int,
        filter: Int?,
        files numbers: [(path: String, number: Int)]
    ) -> [String] {
        var arguments = namespaces
        // Nothing can be made once all is sealed.
        for (path, number) in numbers {
            arguments += ["--perms", "0444", "--file", "\(number)", path]
        }
        arguments += mounts
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            arguments += ["--setenv", name, value]
        }
        arguments += [
            "--chdir", directory, "--json-status-fd", "\(status)", "--block-fd", "\(gate)", "--sync-fd", "\(hold)",
        ]
        if let filter {
            arguments += ["--seccomp", "\(filter)"]
        }
        return arguments
    }
}

/// The files in memory that bubblewrap reads, in the order in which it gets them.
struct SandboxFiles {
    private final class MemoryFile {
        let descriptor: Descriptor

        init(_ bytes: [UInt8]) throws(ProcessError) {
            descriptor = try Descriptor.memoryFile(named: "drydock", holding: bytes)
        }
    }

    /// bubblewrap's descriptors are: 3 its arguments, 4 the status, 5 the gate, 6 its other end, then these.
    private static let firstNumber = 7

    private let arguments: MemoryFile
    private let others: [MemoryFile]
    private let inherited: [Int32]

    init(_ setup: SandboxSetup) throws {
        let files = setup.files.sorted { $0.key < $1.key }
        var others = try files.map { try MemoryFile($0.value) }
        let names = files.enumerated().map { (path: $1.key, number: Self.firstNumber + $0) }
        var filterNumber: Int?
        if let filter = setup.filter {
            filterNumber = Self.firstNumber + others.count
            others.append(try MemoryFile(filter))
        }
        var list: [UInt8] = []
        for argument in setup.arguments(status: 4, gate: 5, hold: 6, filter: filterNumber, files: names) {
            // It would begin another argument.
            guard !argument.utf8.contains(0) else { throw ProcessError.malformed(argument) }
            list += Array(argument.utf8) + [0]
        }
        arguments = try MemoryFile(list)
        self.others = others
        inherited = setup.inherited
    }

    /// The descriptors that bubblewrap gets from 3 on.
    func numbers(status: Int32, gate: Int32, hold: Int32) -> [Int32] {
        [arguments.descriptor.number, status, gate, hold] + others.map { $0.descriptor.number } + inherited
    }
}
