/// A path inside a project's tree: relative, normalised, and unable to leave the tree.
///
/// It says nothing of the file system: whoever opens it also has to refuse symbolic links on the way
/// (`O_NOFOLLOW` component by component, or `openat2` with `RESOLVE_BENEATH`).
package struct ProjectPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The longest path in UTF-8 bytes; Linux allows 4,096 with the root in front.
    package static let lengthLimit = 1_024

    /// The tree itself.
    package static let root = ProjectPath(components: [])

    package let components: [String]

    private init(components: [String]) {
        self.components = components
    }

    /// A path from text that nobody vouches for: `\` counts as `/`, `.` and empty components are dropped.
    ///
    /// - Throws: ``ProjectPathError`` for an absolute path, `..`, a NUL, `.git` at any place, or too long a path.
    package init(_ text: String) throws(ProjectPathError) {
        let normalised = text.replacing("\\", with: "/")
        guard !normalised.hasPrefix("/") else { throw .absolute(text) }
        guard !normalised.utf8.contains(0) else { throw .holdsNUL(text) }
        guard normalised.utf8.count <= Self.lengthLimit else { throw .tooLong(text) }
        let parts = normalised.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !parts.contains("..") else { throw .leavesTree(text) }
        guard !parts.contains(where: Self.namesGitFolder) else { throw .gitFolder(text) }
        components = parts
    }

    /// Whether a name is one that git itself refuses in a tree, on any platform.
    ///
    /// Some file systems drop characters without a shape, others spaces and dots at the end and what
    /// follows a colon; scalar by scalar, because a joiner is no character of its own.
    package static func namesGitFolder(_ name: String) -> Bool {
        let shapeless: [ClosedRange<UInt32>] = [0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF...0xFEFF]
        var bare = String.UnicodeScalarView()
        for scalar in name.unicodeScalars where !shapeless.contains(where: { $0.contains(scalar.value) }) {
            if scalar == ":" { break }
            bare.append(scalar)
        }
        while let last = bare.last, last == " " || last == "." { bare.removeLast() }
        let plain = String(bare).lowercased()
        return plain == ".git" || plain == "git~1"
    }

    package var description: String { components.joined(separator: "/") }
    package var isRoot: Bool { components.isEmpty }
    package var name: String { components.last ?? "" }
    package var parent: ProjectPath { ProjectPath(components: components.dropLast()) }

    package func appending(_ other: ProjectPath) -> ProjectPath {
        ProjectPath(components: components + other.components)
    }

    /// Whether this is `folder` or lies below it.
    package func isInside(_ folder: ProjectPath) -> Bool {
        components.starts(with: folder.components)
    }

    /// The path's place on disk when the tree is at `root`.
    package func absolute(below root: String) -> String {
        isRoot ? root : root + "/" + description
    }

    package static func < (left: ProjectPath, right: ProjectPath) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

extension ProjectPath: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(try container.decode(String.self))
        } catch let error as ProjectPathError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A path that a project's tree cannot hold.
package enum ProjectPathError: ReportableError, Equatable {
    case absolute(String)
    case leavesTree(String)
    case holdsNUL(String)
    case tooLong(String)
    case gitFolder(String)

    package var kind: FaultKind { .policy }

    package var description: String {
        switch self {
        case .absolute(let path): "the path '\(path.printable)' is absolute"
        case .leavesTree(let path): "the path '\(path.printable)' leaves the project"
        case .holdsNUL(let path): "the path '\(path.printable)' holds a NUL byte"
        case .tooLong(let path):
            "the path '\(path.prefix(40).printable)…' is longer than \(ProjectPath.lengthLimit) bytes"
        case .gitFolder(let path): "the path '\(path.printable)' names a git folder"
        }
    }

    package var hint: String? { "use a path relative to the project's folder" }
}
