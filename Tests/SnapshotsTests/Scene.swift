import Core
import Foundation
import Snapshots
import TestSupport

/// A folder with a small tree of every kind of thing, and a store.
struct Scene {
    let root: String
    let store: SnapshotStore
    var tree: String { path("tree") }

    init() throws {
        root = TemporaryDirectory.current.path
        store = SnapshotStore(folder: root + "/store", clock: FixedClock())
        try write("tree/plain.txt", "hello\n")
        try write("tree/bin/run", "#!/bin/sh\n", mode: 0o755)
        try write("tree/a folder/ü \"quoted\"\nline", "odd name")
        try write("tree/empty", "")
        try write("tree/" + String(repeating: "long/", count: 30) + "file", "deep")
        try FileManager.default.createSymbolicLink(atPath: tree + "/bin/link", withDestinationPath: "../plain.txt")
        try FileManager.default.createDirectory(atPath: tree + "/hollow", withIntermediateDirectories: false)
    }

    func path(_ name: String) -> String { root + "/" + name }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        let file = path(name)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    /// One line for each file and link below a folder: mode, path, contents or target.
    func describe(_ name: String) throws -> [String] {
        let base = path(name)
        guard let names = FileManager.default.enumerator(atPath: base) else { return [] }
        return try names.compactMap { $0 as? String }.compactMap { name in
            let full = base + "/" + name
            let attributes = try FileManager.default.attributesOfItem(atPath: full)
            let mode = (attributes[.posixPermissions] as? Int).map { String($0, radix: 8) } ?? "?"
            switch attributes[.type] as? FileAttributeType {
            case .typeSymbolicLink:
                return "link \(name) -> \(try FileManager.default.destinationOfSymbolicLink(atPath: full))"
            case .typeDirectory: return nil
            default: return "\(mode) \(name) \(try Data(contentsOf: URL(fileURLWithPath: full)).base64EncodedString())"
            }
        }.sorted()
    }
}

/// A clock that stands still.
struct FixedClock: WallClock {
    var milliseconds: Int64 = 1_700_000_000_000
}
