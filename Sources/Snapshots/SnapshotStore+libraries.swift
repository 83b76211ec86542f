package import ArchiveKit
package import GitKit

extension SnapshotStore {
    /// Whether git objects can be read and written here.
    package static func checkGitLibrary() throws(GitError) { try Repository.checkLibrary() }

    /// Whether archives can be read and written here.
    package static func checkArchiveLibrary() throws(ArchiveError) { try ArchiveReader.checkLibrary() }
}
