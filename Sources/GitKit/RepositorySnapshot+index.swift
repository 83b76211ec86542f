internal import Core

extension RepositorySnapshot {
    /// Writes the index of a tree that was just made from a snapshot, and makes the folders of its submodules.
    ///
    /// The index holds the files of the checked-out commit, and nothing of an index that was there. Where the tree has
    /// just that content it also says how the file looks on this disk, so that git need not read it to know that it is
    /// unchanged. (To be of use to git, the file must have changed in an earlier second than the index.)
    ///
    /// - Parameter contents: Git's names of what was written, by the paths of the files and links.
    /// - Throws: ``GitError``, ``TreeError``.
    package func writeIndex(vouchingFor contents: [[UInt8]: ObjectID]) throws {
        let statuses = Dictionary(uniqueKeysWithValues: scanned.map { ($0.path, $0.status) })
        var desired: [[UInt8]: IndexEntry] = [:]
        for (path, entry) in tracked {
            var stamp = FileStatus.Stamp()
            if let status = statuses[path], contents[path] == entry.id, TreeMode(status) == entry.mode {
                stamp = status.stamp
            }
            desired[path] = IndexEntry(path: path, tree: entry, stamp: stamp)
        }
        let name = "/index"
        try Folder(path: gitDirectory).removeEntry(Array(name.utf8.dropFirst()))
        let index = try IndexFile(path: gitDirectory + name)
        _ = try index.replace([:], with: desired)
        try index.write()
        let root = try Folder(path: String(gitDirectory.dropLast("/.git".count)))
        for (path, entry) in tracked where entry.mode == .submodule { try root.makeFolder(at: path) }
    }
}
