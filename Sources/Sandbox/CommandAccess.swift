internal import ProcessKit

/// What one command gets beyond what every command gets: for a program that talks to a service in its user's name.
///
/// Whatever the command starts has it as well. So nothing of this is given to a command that a model, a package or a
/// project names, and an engine gives it to an agent only as far as its profile says.
package struct CommandAccess: Sendable, Hashable {
    /// One file of the user that is shown at the same place below the command's private home.
    package struct HomeFile: Sendable, Hashable {
        /// The file's path on this machine; a link is followed, and what is no plain file in the end is not shown.
        package var source: String
        /// Where it is shown, relative to the private home: names and `/`, no `..`.
        package var place: String
        /// Whether the command may change the user's own file, as for a token that has to be renewed.
        package var isWritable: Bool

        package init(source: String, place: String, isWritable: Bool = false) {
            self.source = source
            self.place = place
            self.isWritable = isWritable
        }
    }

    /// Whether it has the machine's network, the machine's own services included.
    package var network: Bool
    package var homeFiles: [HomeFile]
    /// What it can read from its standard input; `nil` closes that.
    package var input: [UInt8]?

    package init(network: Bool = false, homeFiles: [HomeFile] = [], input: [UInt8]? = nil) {
        self.network = network
        self.homeFiles = homeFiles
        self.input = input
    }
}

extension CommandAccess.HomeFile {
    /// The file itself, links followed; `nil` when there is none.
    var real: String? {
        guard let real = RealPath.of(source), FileKind.of(real) == .file else { return nil }
        return real
    }

    /// Whether ``place`` stays below the home.
    var isInside: Bool {
        let parts = place.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// Makes the folders that the file is shown in; each must be a folder of the home, not a link to another one.
    ///
    /// - Throws: ``SandboxError/notAFolder(path:)``
    func makeFolders(in home: String) throws(SandboxError) {
        var folder = home
        for part in place.split(separator: "/").dropLast() {
            folder += "/" + part
            _ = RealPath.makeFolder(folder)
            guard FileKind.of(folder) == .folder else { throw .notAFolder(path: folder) }
        }
        guard [nil, .file, .link].contains(FileKind.of(home + "/" + place)) else {
            throw .notAFolder(path: home + "/" + place)
        }
    }
}

extension CommandAccess {
    /// Where there is no isolation, and so nothing to mount: links in the home to the user's files.
    func linkHomeFiles(in home: String) throws(SandboxError) {
        for file in homeFiles {
            guard let real = file.real else { continue }
            guard file.isInside else { throw .notAFolder(path: home + "/" + file.place) }
            try file.makeFolders(in: home)
            RealPath.makeLink(home + "/" + file.place, to: real)
        }
    }
}

/// Standard input and output of one command.
struct CommandStreams {
    private let access: CommandAccess?

    init(_ access: CommandAccess?) {
        self.access = access
    }

    var areApart: Bool { access != nil }
    var kind: Supervision.Streams { areApart ? .separate : .merged }

    /// What the command reads, in memory, or `nil`.
    func openInput() throws(ProcessError) -> CommandInput? {
        guard let bytes = access?.input else { return nil }
        return try CommandInput(bytes)
    }
}

/// A command's standard input, held open until the command has it.
final class CommandInput {
    let descriptor: Descriptor

    init(_ bytes: [UInt8]) throws(ProcessError) {
        descriptor = try Descriptor.memoryFile(named: "input", holding: bytes)
    }
}
