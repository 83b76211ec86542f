internal import ArchiveKit
internal import Dispatch
internal import Synchronization

/// Hashes a tree on all cores.
enum TreeHasher {
    /// What the manifest says of each item, in the order of the items.
    static func hash(_ items: [TreeListing.Item], in root: borrowing Folder, cores: Int) throws -> [ManifestEntry] {
        let slices = slices(of: items, count: cores * 4)
        let path = root.path
        let results = Mutex<[Int: Result<[ManifestEntry], any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: slices.count) { index in
            let result = Result { try hash(slices[index], in: path) }
            results.withLock { $0[index] = result }
        }
        try Task.checkCancellation()
        return try results.withLock { results in
            try slices.indices.flatMap { try results[$0]?.get() ?? [] }
        }
    }

    private static func hash(_ items: ArraySlice<TreeListing.Item>, in path: String) throws -> [ManifestEntry] {
        try TreeReader(Folder(opening: path)).read(items, into: HashSink())
    }

    private static func slices(
        of items: [TreeListing.Item],
        count: Int
    ) -> [ArraySlice<TreeListing.Item>] {
        let length = max(items.count / count + 1, 16)
        return stride(from: 0, to: items.count, by: length).map { items[$0..<min($0 + length, items.count)] }
    }
}
