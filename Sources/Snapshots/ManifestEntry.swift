package import Core

/// One file, link or folder that a snapshot holds.
package struct ManifestEntry: Equatable, Sendable {
    /// What is kept of a mode, by git's own numbers.
    package enum Mode: String, Sendable, CaseIterable {
        case file = "100644"
        case executable = "100755"
        case link = "120000"
        /// Only where a repository needs an empty folder.
        case folder = "040000"
    }

    /// The bytes of the path, relative to the tree, parts separated by `/`.
    package let path: [UInt8]
    package let mode: Mode
    /// The size in bytes of the file or of the link's target; 0 for a folder.
    package let size: Int
    /// The hash of the contents or of the link's target; of nothing for a folder.
    package let content: Digest

    package init(path: [UInt8], mode: Mode, size: Int, content: Digest) {
        self.path = path
        self.mode = mode
        self.size = size
        self.content = content
    }

    /// The path for messages, with everything that a terminal would take amiss escaped.
    package var name: String { String(decoding: path, as: UTF8.self).printable }
}

extension [UInt8] {
    /// Whether this is the path of something below a folder, by parts that name nothing else.
    var isPathBelowRoot: Bool {
        guard !isEmpty, !contains(0), count <= ManifestEntry.pathLimit else { return false }
        return split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) && $0.count <= 255
        }
    }

    /// Whether a part of the path names a git folder, as git itself compares.
    var namesGitFolder: Bool {
        split(separator: UInt8(ascii: "/")).contains {
            ProjectPath.namesGitFolder(String(decoding: $0, as: UTF8.self))
        }
    }
}

extension ManifestEntry {
    /// The longest path in bytes, so that it can be opened below any folder of ordinary depth.
    static let pathLimit = 3_072
}
