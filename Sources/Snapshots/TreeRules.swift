/// What a restored tree may hold, whoever made the snapshot.
enum TreeRules {
    /// Refuses paths into a git folder, empty folders and names that are not UTF-8.
    static func check(_ tree: Manifest, of id: String) throws {
        for entry in tree.entries {
            let problem: String? =
                if entry.path.namesGitFolder {
                    "names the git folder '\(entry.name)'"
                } else if entry.mode == .folder {
                    "names the empty folder '\(entry.name)'"
                } else if String(validating: entry.path, as: UTF8.self) == nil {
                    "names '\(entry.name)', which is not UTF-8"
                } else {
                    nil
                }
            if let problem { throw StoredSnapshot.damage(id, SnapshotFile.manifest, problem) }
        }
    }
}

extension StoredSnapshot {
    /// Refuses what must not be given back, whoever made the snapshot.
    func checkRules() throws {
        if let history { try HistoryRules.check(history, of: record.id) }
        try TreeRules.check(tree, of: record.id)
    }
}
