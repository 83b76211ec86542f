internal import FoundationEssentials
internal import ProcessKit

/// Symbolic links, followed one at a time, because what lies on the way has to be visible in the sandbox too.
enum ToolchainLinks {
    /// As many as the kernel follows.
    private static let limit = 40

    /// Where the link at `path` points, as an absolute path, or `nil` when there is no link.
    static func target(of path: String) -> String? {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return nil }
        return normalised(target.hasPrefix("/") ? target : folder(of: path) + "/" + target)
    }

    /// The path with every link in it followed, or `nil` when it leads nowhere or in a circle.
    static func real(_ path: String) -> String? {
        var done = ""
        var rest = path.split(separator: "/").map(String.init)[...]
        var followed = 0
        while let name = rest.popFirst() {
            if name == "." { continue }
            if name == ".." {
                done = folder(of: done)
                continue
            }
            let next = (done == "/" ? "" : done) + "/" + name
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next) else {
                done = next
                continue
            }
            followed += 1
            guard followed <= limit else { return nil }
            if target.hasPrefix("/") { done = "" }
            rest = (target.split(separator: "/").map(String.init) + rest)[...]
        }
        let result = done.isEmpty ? "/" : done
        return FileStamp(of: result) == nil ? nil : result
    }

    /// The folder that holds `path`; that of `/` is `/`.
    static func folder(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "/"
    }

    /// Whether `path` is `folder` or lies below it; both absolute and without links.
    static func lies(_ path: String, in folder: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    /// The path without `.`, `..` and empty components; links are not followed.
    private static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}

/// What tells whether a file or a folder is still the one that was looked at.
struct ToolchainStamp: Codable, Equatable, Sendable {
    let path: String
    /// Size, time of modification and inode as text; `nil` when there is nothing at the path.
    let state: String?

    /// The present state of what is at `path`; a link is followed.
    init(of path: String) {
        self.path = path
        state = FileStamp(of: path).map { "\($0.size) \($0.modified) \($0.inode) \($0.mode)" }
    }

    var isCurrent: Bool { self == ToolchainStamp(of: path) }
}
