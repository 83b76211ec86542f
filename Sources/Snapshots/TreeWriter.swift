internal import ArchiveKit

/// Makes the files of a tree below a fresh folder; nothing that is there is ever opened or followed.
final class TreeWriter {
    private let folders: FolderStack

    init(_ root: consuming Folder) {
        folders = FolderStack(root: root, makesFolders: true)
    }

    func makeFile(_ path: [UInt8], isExecutable: Bool) throws -> NewFile {
        let mode: UInt32 = isExecutable ? 0o755 : 0o644
        return try folders.withParent(of: path) { folder, name in
            let file = try folder.createFile(named: name, mode: mode)
            try file.setMode(mode)
            return NewFile(file)
        }
    }

    func makeLink(_ path: [UInt8], to target: [UInt8]) throws {
        try folders.withParent(of: path) { folder, name in
            try folder.makeLink(named: name, to: String(decoding: target, as: UTF8.self))
        }
    }

    func makeFolder(_ path: [UInt8]) throws {
        try folders.withParent(of: path) { folder, name in
            try folder.makeFolder(named: name, mode: 0o755)
        }
    }
}

/// A file that is being written; a class, so that there may be none.
final class NewFile {
    private let file: OutputFile

    init(_ file: consuming OutputFile) {
        self.file = file
    }

    func write(_ bytes: Span<UInt8>) throws {
        try file.write(bytes)
    }
}
