package import Core
package import Journal

/// The folders that runs work in, for whoever clears up after runs that ended without a snapshot.
package struct RunFolders: Sendable {
    private let runs: String
    private let store: any JournalStore

    /// `runs` is the folder below which each run has its own.
    package init(runs: String, store: any JournalStore) {
        self.runs = runs
        self.store = store
    }

    /// The runs that have ended before a time, in milliseconds since 1970, and whose folder is still there.
    ///
    /// A run that can go on keeps its folder, however old it is.
    package func ended(before limit: Int64) async throws -> [RunID] {
        guard FileSystem.kind(of: runs) == .folder else { return [] }
        var ended: [RunID] = []
        for run in try FileSystem.names(in: runs).compactMap({ RunID($0) }) {
            guard let events = try? await store.events(of: run), let last = events.last else { continue }
            let state = events.lazy.compactMap { EventKind.stateKinds[$0.kind] }.last ?? .running
            if state.isFinal, last.at < limit {
                ended.append(run)
            }
        }
        return ended
    }

    package func remove(_ run: RunID) throws {
        try FileSystem.removeTree(RunFolder(runs: runs, run: run).path)
    }
}
