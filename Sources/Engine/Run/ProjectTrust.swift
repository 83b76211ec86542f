package import Core
internal import FoundationEssentials
internal import HashKit

/// Which projects' `.drydock` folders a person has trusted, by what is in them.
///
/// A `.drydock` folder can change settings and guides, and with them the commands that run; whoever wrote the
/// project may have written it. It counts only while its content is the one that was trusted.
package struct ProjectTrust: Sendable {
    /// The folder in a project that holds its settings and knowledge.
    package static let folderName = ".drydock"

    /// No honest folder has more files than this.
    private static let fileLimit = 1_000

    private let records: String

    /// `state` is Drydock's own state folder.
    package init(state: String) {
        records = state + "/trusted"
    }

    /// Whether a project has a `.drydock` folder, and whether its content is trusted.
    package func standing(of project: String) throws -> ProjectStanding {
        guard let hash = try Self.hash(of: project) else { return .none }
        let record = try? String(contentsOfFile: record(of: project), encoding: .utf8)
        return record == hash.hex ? .trusted : .untrusted
    }

    /// Trusts what a project's `.drydock` folder holds now.
    ///
    /// - Throws: ``TrustError`` when there is no such folder, or when it holds links or special files.
    package func trust(_ project: String) throws {
        guard let hash = try Self.hash(of: project) else { throw TrustError.nothingToTrust(project) }
        try FileSystem.makeFolder(records)
        try hash.hex.write(toFile: record(of: project), atomically: true, encoding: .utf8)
    }

    /// Takes the trust back; nothing there is well.
    package func revoke(_ project: String) throws {
        try FileSystem.removeTree(record(of: project))
    }

    private func record(of project: String) -> String {
        records + "/" + Digest.sha256(of: project).hex
    }

    /// The hash over the paths and contents of all files, or `nil` when there is no folder.
    private static func hash(of project: String) throws -> Digest? {
        let root = project + "/" + folderName
        guard FileSystem.exists(root) else { return nil }
        guard FileSystem.kind(of: root) == .folder else { throw TrustError.notPlain(root) }
        var hash = SHA256()
        var count = 0
        try walk(root, "", &count) { path, content in
            hash.update(Array("\(path.utf8.count) \(content.count)\n\(path)".utf8))
            hash.update(content)
        }
        return hash.finalize()
    }

    private static func walk(
        _ folder: String,
        _ prefix: String,
        _ count: inout Int,
        _ take: (String, [UInt8]) -> Void
    ) throws {
        for name in try FileSystem.names(in: folder) {
            let path = folder + "/" + name
            count += 1
            guard count <= fileLimit else { throw TrustError.tooManyFiles(folder) }
            switch FileSystem.kind(of: path) {
            case .missing: continue
            case .folder: try walk(path, prefix + name + "/", &count, take)
            case .other:
                guard FileSystem.isRegularFile(path) else { throw TrustError.notPlain(path) }
                take(prefix + name, Array(try Data(contentsOf: URL(filePath: path))))
            }
        }
    }
}

/// What counts of a project's `.drydock` folder.
package enum ProjectStanding: Sendable {
    case none
    case untrusted
    case trusted
}

/// A `.drydock` folder that cannot be trusted.
package enum TrustError: ReportableError, Equatable {
    case nothingToTrust(String)
    case notPlain(String)
    case tooManyFiles(String)

    package var kind: FaultKind {
        switch self {
        case .nothingToTrust: .notFound
        case .notPlain, .tooManyFiles: .policy
        }
    }

    package var description: String {
        switch self {
        case .nothingToTrust(let project): "there is no folder '\(project.printable)/\(ProjectTrust.folderName)'"
        case .notPlain(let path): "'\(path.printable)' is neither a plain file nor a folder"
        case .tooManyFiles(let folder): "there are too many files in '\(folder.printable)'"
        }
    }

    package var hint: String? {
        switch self {
        case .nothingToTrust: "go to the project's folder, or name it"
        case .notPlain, .tooManyFiles: "look at what is in it, and remove what does not belong there"
        }
    }
}
