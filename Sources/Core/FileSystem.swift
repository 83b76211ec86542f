internal import FoundationEssentials

/// The few questions and changes of the file system that need no descriptor; paths are absolute.
///
/// Not for paths that a model or an archive names: those go through ``ProjectPath`` and a Kit that refuses links.
package enum FileSystem {
    package enum Kind: Sendable {
        case missing
        case folder
        /// A file, a device, or a symbolic link, wherever it points.
        case other
    }

    package static func kind(of path: String) -> Kind {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return .missing }
        return attributes[.type] as? FileAttributeType == .typeDirectory ? .folder : .other
    }

    package static func exists(_ path: String) -> Bool { kind(of: path) != .missing }

    /// Whether a path is a regular file; a link to one is none.
    package static func isRegularFile(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// Whether a path is a symbolic link, wherever it points.
    package static func isLink(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeSymbolicLink
    }

    package static func isEmptyFolder(_ path: String) throws -> Bool {
        try names(in: path).isEmpty
    }

    /// The names of a folder's entries, sorted.
    package static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Makes a folder and those above it; a folder that is there already is fine.
    package static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Writes a whole file, in place of one that is there.
    package static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Removes a file or a folder with all that is in it, without following links; nothing there is fine.
    package static func removeTree(_ path: String) throws {
        guard exists(path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    /// The folder itself, or the nearest one above it that exists.
    package static func nearestExistingFolder(of path: String) -> String {
        var path = path
        while path != "/", kind(of: path) != .folder {
            path = parent(of: path)
        }
        return path
    }

    /// What stands where a folder above `path` would have to be, links followed; `nil` when nothing does.
    package static func nonFolder(above path: String) -> String? {
        var above = parent(of: path)
        while true {
            var isFolder = false
            if FileManager.default.fileExists(atPath: above, isDirectory: &isFolder) {
                return isFolder ? nil : above
            }
            above = parent(of: above)
        }
    }

    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// Why no entry can be made in an existing folder, found out by trying; `nil` when one can.
    package static func whyUnwritable(_ folder: String) -> String? {
        let probe = folder + "/.drydock-probe-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(atPath: probe, withIntermediateDirectories: false)
            try FileManager.default.removeItem(atPath: probe)
            return nil
        } catch let error as CocoaError {
            return switch error.code {
            case .fileWriteNoPermission: "permission denied"
            case .fileWriteVolumeReadOnly: "the file system is read-only"
            case .fileWriteOutOfSpace: "no space is left"
            default: "the file system refuses it"
            }
        } catch {
            return "\(error)"
        }
    }

    /// A part of a path that is too long for any of Linux's file systems, which take names of 255 bytes.
    package static func overlongName(in path: String) -> String? {
        path.split(separator: "/").first { $0.utf8.count > 255 }.map(String.init)
    }

    /// An absolute path without `.` and `..`, resolved against `folder` as text alone.
    package static func absolute(_ path: String, in folder: String) -> String {
        let full = path.hasPrefix("/") ? path : folder + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
