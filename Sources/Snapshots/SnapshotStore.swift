package import Core
internal import HashKit
internal import ProcessKit

/// The snapshots of one folder: made, found, checked, given back and pruned.
///
/// All calls block a thread of their own and stop soon after their task is cancelled. Several processes may use a
/// store at once.
package struct SnapshotStore: Sendable {
    package let folder: String
    let clock: any WallClock
    let limits: SnapshotLimits
    private let backends: [SnapshotKind: any SnapshotBackend]

    /// - Parameters:
    ///   - folder: Where the snapshots are; made when the first one is.
    ///   - clock: Tells when a snapshot was made, and how old it is.
    ///   - cores: How many cores may be used.
    ///   - environment: What `nix-store` gets; its `PATH` is where that is looked up.
    ///   - limits: How much a snapshot may announce to hold.
    package init(
        folder: String,
        clock: any WallClock = SystemClock(),
        cores: Int = 2,
        environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"],
        limits: SnapshotLimits = SnapshotLimits()
    ) {
        self.folder = folder
        self.clock = clock
        self.limits = limits
        backends = [
            .archive: ArchiveBackend(cores: cores),
            .nix: NixBackend(roots: folder + "/roots", environment: environment),
        ]
        self.cores = cores
        self.environment = environment
    }

    let cores: Int
    private let environment: [String: String]

    func backend(_ kind: SnapshotKind) throws -> any SnapshotBackend {
        guard let backend = backends[kind] else { preconditionFailure("no backend of the kind \(kind.rawValue)") }
        return backend
    }

    /// Checks, before any work, that snapshots of this kind can be made on this machine.
    ///
    /// - Throws: ``SnapshotError/nixMissing``, and what a library says that cannot be loaded.
    package func check(_ kind: SnapshotKind) throws {
        try Self.checkGitLibrary()
        try Self.checkArchiveLibrary()
        guard kind == .nix, ExecutableSearch.find("nix-store", path: environment["PATH"]) == nil else { return }
        throw SnapshotError.nixMissing
    }

    func onLane<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await Lane().run(body)
    }
}

// Finding.
extension SnapshotStore {
    /// The snapshots that can be read, newest first, and what is wrong with the records of the others.
    package func contents() async throws -> (records: [SnapshotRecord], damages: [SnapshotDamage]) {
        try await onLane { try scan() }
    }

    /// The snapshots that can be read, newest first.
    package func list() async throws -> [SnapshotRecord] {
        try await contents().records
    }

    func scan() throws -> (records: [SnapshotRecord], damages: [SnapshotDamage]) {
        let store = try StoreFolder(folder)
        var records: [SnapshotRecord] = []
        var damages: [SnapshotDamage] = []
        for name in try store.names() {
            do {
                records.append(try StoredSnapshot.record(of: name, in: store))
            } catch SnapshotError.damaged(let damage) {
                damages.append(damage)
            } catch SnapshotError.newer(_, let version) {
                damages.append(SnapshotDamage(snapshot: name, newerVersion: version))
            }
        }
        records.sort { ($1.created, $0.id) < ($0.created, $1.id) }
        return (records, damages)
    }

    /// The one snapshot whose name begins with `text`.
    ///
    /// - Throws: ``SnapshotError/unknown(_:)`` and ``SnapshotError/ambiguous(_:candidates:)``.
    package func find(_ text: String) async throws -> SnapshotRecord {
        try await onLane {
            let store = try StoreFolder(folder)
            return try StoredSnapshot.record(of: name(text, in: store), in: store)
        }
    }

    func name(_ text: String, in store: StoreFolder) throws -> String {
        let names = try store.names()
        if names.contains(text) { return text }
        let found = text.isEmpty ? [] : names.filter { $0.hasPrefix(text) }
        guard let first = found.first else { throw SnapshotError.unknown(text) }
        guard found.count == 1 else { throw SnapshotError.ambiguous(text, candidates: Array(found.prefix(10))) }
        return first
    }
}
