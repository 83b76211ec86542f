internal import Core
internal import FoundationEssentials

/// Reads the knowledge files of a folder on disk.
struct FolderReader {
    /// The longest file in bytes.
    static let fileLimit = 1 << 20
    /// How many folders may lie inside each other below a kind's folder.
    private static let depthLimit = 4

    let folder: String
    let origin: KnowledgeOrigin

    /// All regular text files that are not hidden, in the order of their paths; a missing folder has none.
    ///
    /// Symbolic links count in the user's own folder, and are refused in a project's.
    func files(of kind: KnowledgeKind) -> [Result<KnowledgeFile, UnreadableFile>] {
        read(kind.rawValue, depth: 0).sorted { left, right in path(of: left) < path(of: right) }
    }

    private func path(of result: Result<KnowledgeFile, UnreadableFile>) -> String {
        switch result {
        case .success(let file): file.path
        case .failure(let failure): failure.path
        }
    }

    private func read(_ path: String, depth: Int) -> [Result<KnowledgeFile, UnreadableFile>] {
        let location = folder + "/" + path
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: location) else {
            return FileManager.default.fileExists(atPath: location) ? [failure(path, "it cannot be read")] : []
        }
        return names.filter { !$0.hasPrefix(".") }.flatMap { name in entry(path + "/" + name, depth: depth + 1) }
    }

    private func entry(_ path: String, depth: Int) -> [Result<KnowledgeFile, UnreadableFile>] {
        do {
            switch try type(of: path) {
            case .typeDirectory:
                return depth < Self.depthLimit ? read(path, depth: depth) : [failure(path, "it lies too deep")]
            case .typeRegular: return [.success(try file(path))]
            case .typeSymbolicLink: return [failure(path, "symbolic links are refused here")]
            default: return [failure(path, "it is not a regular file")]
            }
        } catch let fault as ConfigurationFault {
            return [.failure(UnreadableFile(path: path, fault: fault))]
        } catch {
            return [failure(path, "it cannot be read")]
        }
    }

    private func type(of path: String) throws -> FileAttributeType? {
        var location = folder + "/" + path
        var type = try FileManager.default.attributesOfItem(atPath: location)[.type] as? FileAttributeType
        if type == .typeSymbolicLink, origin == .user {
            location = URL(filePath: location).resolvingSymlinksInPath().path
            type = try FileManager.default.attributesOfItem(atPath: location)[.type] as? FileAttributeType
        }
        return type
    }

    private func file(_ path: String) throws -> KnowledgeFile {
        let location = folder + "/" + path
        let data = try Data(contentsOf: URL(filePath: location))
        guard data.count <= Self.fileLimit else {
            throw ConfigurationFault.unreadable(file: location, reason: "it is longer than \(Self.fileLimit) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0) else {
            throw ConfigurationFault.unreadable(file: location, reason: "it is not UTF-8 text")
        }
        return KnowledgeFile(path: path, origin: origin, location: location, text: text)
    }

    private func failure(_ path: String, _ reason: String) -> Result<KnowledgeFile, UnreadableFile> {
        let fault = ConfigurationFault.unreadable(file: folder + "/" + path, reason: reason)
        return .failure(UnreadableFile(path: path, fault: fault))
    }
}
