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
    package func removed(from records: [SnapshotRecord], now: Int64) -> [SnapshotRecord] {
        guard last != nil || days != nil || lastOfEachRun else { return [] }
        var runs: Set<RunID> = []
        return records.enumerated().filter { place, record in
            let isLastOfRun = record.run.map { runs.insert($0).inserted } ?? false
            if let last, place < last { return false }
            if let days, now - record.created <= Int64(days) * 86_400_000 { return false }
            return !(lastOfEachRun && isLastOfRun)
        }.map(\.element)
    }
}

extension SnapshotStore {
    /// Removes what the rule does not keep; snapshots whose record cannot be read are left alone.
    ///
    /// - Returns: What was removed, or would be removed by a dry run, newest first.
    @discardableResult
    package func prune(_ rule: PruneRule, dryRun: Bool = false) async throws -> [SnapshotRecord] {
        try await onLane {
            let unwanted = rule.removed(from: try scan().records, now: clock.milliseconds)
            guard !dryRun else { return unwanted }
            let store = try StoreFolder(folder)
            for record in unwanted { try await remove(record.id, from: store) }
            try await sweep(store)
            return unwanted
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
