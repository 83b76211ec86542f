internal import ArchiveKit
internal import Core
internal import HashKit

/// The tree that a snapshot is made of, as it was found.
struct TreeSource {
    let path: String
    let listing: TreeListing
    let repository: RepositoryFiles?

    /// Looks at a tree; a repository's history is kept too, and what it ignores is not.
    init(_ path: String, repository: Bool) throws {
        self.path = path
        if repository {
            let files = try RepositoryFiles(of: path)
            self.repository = files
            listing = files.listing()
        } else {
            do {
                listing = try TreeListing(everythingIn: Folder(opening: path))
            } catch let fault as FileFault where fault.isMissing || fault.isLinkOrFile {
                throw SnapshotError.noTree(path)
            }
            self.repository = nil
        }
        try listing.check()
    }

    var head: String? { repository?.head }

    /// Hands the whole tree to `sink`, and says what it was.
    func readTree(into sink: some ContentSink) throws -> Manifest {
        try Manifest(TreeReader(Folder(opening: path)).read(listing.items, into: sink))
    }
}
