internal import ArchiveKit
internal import Core

/// Which snapshots stay.
///
/// One that any part of the rule keeps stays; a rule that says nothing keeps everything.
package struct PruneRule: Sendable, Equatable {
    /// Keep that many of the newest.
    package var last: Int?
    /// Keep those that are not older than that many days.
    package var days: Int?
    /// Keep the newest of each run.
    package var lastOfEachRun: Bool

    package init(last: Int? = nil, days: Int? = nil, lastOfEachRun: Bool = false) {
        self.last = last
        self.days = days
        self.lastOfEachRun = lastOfEachRun
    }

    /// The records that the rule does not keep, in the order given, which is newest first.
    ///
    /// One that is not sound takes no other's place: it stays where a sound one would, and the next one does so, too.
    ///
    /// - Parameters:
    ///   - records: Newest first.
    ///   - now: In milliseconds since 1970.
    ///   - isSound: Asked of no more records than the rule needs to know it of.
    /// - Returns: What may go.
    /// - Throws: What `isSound` throws.
    package func removed(
        from records: [SnapshotRecord],
        now: Int64,
        isSound: (SnapshotRecord) async throws -> Bool
    ) async rethrows -> [SnapshotRecord] {
        guard last != nil || days != nil || lastOfEachRun, last ?? 0 < records.count else { return [] }
        var kept = 0
        var runs: Set<RunID> = []
        var removed: [SnapshotRecord] = []
        for record in records {
            let isLastOfRun = lastOfEachRun && record.run.map { !runs.contains($0) } ?? false
            if isLastOfRun || kept < last ?? 0 {
                guard try await isSound(record) else { continue }
                kept += 1
                if let run = record.run { runs.insert(run) }
            } else if days.map({ now - record.created > Int64($0) * 86_400_000 }) ?? true {
                removed.append(record)
            }
        }
        return removed
    }
}

extension SnapshotStore {
    /// Removes what the rule does not keep; snapshots whose record cannot be read are left alone, and no damaged one
    /// counts as kept.
    ///
    /// - Returns: What was removed, or would be removed by a dry run, newest first.
    @discardableResult
    package func prune(_ rule: PruneRule, dryRun: Bool = false) async throws -> [SnapshotRecord] {
        try await onLane {
            let store = try StoreFolder(folder)
            let unwanted = try await rule.removed(from: try scan().records, now: clock.milliseconds) { record in
                try await isSound(record.id, in: store)
            }
            guard !dryRun else { return unwanted }
            for record in unwanted { try await remove(record.id, from: store) }
            try await sweep(store)
            return unwanted
        }
    }

    /// Whether a snapshot is there as it was written; what cannot be read counts for nothing.
    private func isSound(_ id: String, in store: StoreFolder) async throws -> Bool {
        do {
            return try await damages(of: id, in: store, deeply: false).isEmpty
        } catch let error as CancellationError {
            throw error
        } catch {
            return false
        }
    }

    /// Removes one snapshot, whole or damaged, by its name or the beginning of it.
    ///
    /// - Returns: The name of what was removed, or would be removed by a dry run.
    @discardableResult
    package func remove(_ text: String, dryRun: Bool = false) async throws -> String {
        try await onLane {
            let store = try StoreFolder(folder)
            let name = try name(text, in: store)
            if !dryRun { try await remove(name, from: store) }
            return name
        }
    }

    /// Removes what processes that died have left behind.
    func sweep(_ store: StoreFolder) async throws {
        for kind in SnapshotKind.allCases {
            try await backend(kind).sweep {
                try store.sweep()
                return try store.hasUnfinished() ? nil : Set(store.names())
            }
        }
        try store.sweep()
    }

    func remove(_ id: String, from store: StoreFolder) async throws {
        for kind in SnapshotKind.allCases { try await backend(kind).release(id) }
        do {
            try store.remove(id)
        } catch let fault as FileFault where fault.isMissing {
            // Another process was faster.
        }
    }
}
