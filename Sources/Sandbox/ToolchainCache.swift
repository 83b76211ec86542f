internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// Small JSON files below Drydock's cache folder; a damaged or outdated one counts as absent.
struct ToolchainCache: Sendable {
    /// The absolute path of the folder, which is made when something is first written.
    let folder: String

    /// The value of a file, or `nil` when it is absent or cannot be read as one.
    func value<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        guard let data = FileManager.default.contents(atPath: path(name)) else { return nil }
        return try? JSONDecoder().decode(type, from: data)
    }

    /// Puts a value in place of the old one; a reader sees one or the other, never a part.
    func store(_ value: some Encodable, as name: String) throws {
        try write(try JSON.encode(value), to: name)
    }

    func write(_ data: Data, to name: String) throws {
        let place = path(name)
        do {
            try makeFolder(ToolchainLinks.folder(of: place))
            try data.write(to: URL(filePath: place), options: .atomic)
        } catch {
            throw ToolchainError.cacheUnwritable(path: place, message: Self.reason(of: error))
        }
    }

    func remove(_ name: String) {
        try? FileManager.default.removeItem(atPath: path(name))
    }

    func path(_ name: String) -> String { folder + "/" + name }

    /// Makes a folder, readable by its owner alone, with those above it.
    func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw ToolchainError.cacheUnwritable(path: path, message: Self.reason(of: error))
        }
    }

    /// Runs `body` while no other process, and no other task, is in a section of this name.
    func exclusively<Result>(_ name: String, limit: Duration, _ body: () async throws -> Result) async throws -> Result
    {
        let place = path(name)
        try makeFolder(ToolchainLinks.folder(of: place))
        let end = ContinuousClock.now.advanced(by: limit)
        while true {
            if let lock = try FileLock.tryLock(place) {
                let result = try await body()
                _ = consume lock
                return result
            }
            guard ContinuousClock.now < end else { throw ToolchainError.captureBusy(path: place) }
            try await Task.sleep(for: .milliseconds(15))
        }
    }

    static func reason(of error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        switch error.code {
        case .fileWriteOutOfSpace: return "no space left on the disk"
        case .fileWriteNoPermission: return "permission denied"
        case .fileWriteVolumeReadOnly: return "the file system is read-only"
        default: return "error \(error.code.rawValue)"
        }
    }
}
