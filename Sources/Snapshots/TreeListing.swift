internal import ArchiveKit

/// The files and links of a tree that a snapshot takes, in the order of their paths' bytes.
struct TreeListing {
    struct Item: Sendable {
        let path: [UInt8]
        let isLink: Bool
    }

    private(set) var items: [Item] = []
    /// What no snapshot holds, for people to read.
    private(set) var leftOut: [String] = []
    /// Whether git's and Drydock's own folders are passed over.
    private var isProject = true

    /// Lists items that somebody else has chosen.
    init(items: [Item], leftOut: [String]) {
        self.items = items.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        self.leftOut = leftOut
    }

    /// Lists everything in a folder but git's and Drydock's own folders; empty folders do not count.
    ///
    /// - Throws: ``SnapshotError/cannotHold(path:reason:)`` for a name that is not UTF-8.
    init(everythingIn folder: borrowing Folder, isProject: Bool = true) throws {
        self.isProject = isProject
        try collect(folder, prefix: [], depth: 0)
        items.sort { $0.path.lexicographicallyPrecedes($1.path) }
    }

    static let depthLimit = 200

    private mutating func collect(_ folder: borrowing Folder, prefix: [UInt8], depth: Int) throws {
        guard depth <= Self.depthLimit else {
            throw SnapshotError.cannotHold(path: folder.path, reason: "it lies too deep")
        }
        for entry in try folder.entries() {
            let path = prefix + entry.name
            if isProject && entry.name.namesGitFolder { continue }
            if isProject, depth == 0, entry.name.elementsEqual(".drydock".utf8) { continue }
            switch entry.kind {
            case .file, .link: items.append(Item(path: path, isLink: entry.kind == .link))
            case .special: leftOut.append(String(decoding: path, as: UTF8.self))
            case .folder:
                let name = String(decoding: entry.name, as: UTF8.self)
                guard name.utf8.elementsEqual(entry.name) else {
                    throw SnapshotError.cannotHold(path: name, reason: "its name is not UTF-8")
                }
                let inner = try folder.folder(named: name)
                try collect(inner, prefix: path + [UInt8(ascii: "/")], depth: depth + 1)
            }
        }
    }

    /// Refuses names that no snapshot holds.
    func check() throws {
        for item in items {
            guard String(validating: item.path, as: UTF8.self) != nil else {
                let name = String(decoding: item.path, as: UTF8.self)
                throw SnapshotError.cannotHold(path: name, reason: "its name is not UTF-8")
            }
            guard item.path.isPathBelowRoot else {
                let name = String(decoding: item.path.prefix(80), as: UTF8.self)
                throw SnapshotError.cannotHold(path: name, reason: "its path is too long")
            }
        }
    }
}
