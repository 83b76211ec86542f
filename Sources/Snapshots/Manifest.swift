package import Core
internal import HashKit

/// The list of everything that a snapshot's tree, or its repository, holds.
///
/// A text: the first line is ``header``, each further line is `MODE SIZE SHA-256 PATH`, in the order of the paths'
/// bytes. In a path the bytes 0 to 31, 127 and `\` are written as `\x` and two lower-case hexadecimal digits;
/// nothing else is. So there is one text for one tree, and its SHA-256 hash is the tree's identity.
package struct Manifest: Equatable, Sendable {
    static let header = "drydock manifest 1"

    package private(set) var entries: [ManifestEntry]

    /// A manifest of entries in any order.
    ///
    /// - Throws: ``ManifestError`` for entries that cannot stand beside each other.
    package init(_ entries: [ManifestEntry]) throws(ManifestError) {
        self.entries = entries.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        try check()
    }

    /// How many bytes of contents there are.
    package var size: Int { entries.reduce(0) { $0 + $1.size } }

    /// The manifest's text.
    package var text: [UInt8] {
        var text = Array((Self.header + "\n").utf8)
        text.reserveCapacity(entries.count * 120)
        for entry in entries {
            text.append(contentsOf: "\(entry.mode.rawValue) \(entry.size) \(entry.content.hex) ".utf8)
            text.append(escaping: entry.path)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// The hash of the text: equal for equal trees.
    package var identity: Digest { Digest.sha256(of: text) }

    /// Refuses what no tree can hold: paths that lead out, two entries of one path, an entry below a file or a link.
    private func check() throws(ManifestError) {
        var parents: Set<ArraySlice<UInt8>> = []
        for entry in entries {
            guard entry.path.isPathBelowRoot else { throw .path(entry.name) }
            var end = entry.path.endIndex
            while let slash = entry.path[..<end].lastIndex(of: UInt8(ascii: "/")) {
                guard parents.insert(entry.path[..<slash]).inserted else { break }
                end = slash
            }
        }
        for (entry, next) in zip(entries, entries.dropFirst()) where entry.path == next.path {
            throw .twice(entry.name)
        }
        for entry in entries where entry.mode != .folder && parents.contains(entry.path[...]) {
            throw .below(entry.name)
        }
    }
}

/// Why a manifest cannot be used.
package enum ManifestError: ReportableError, Equatable {
    /// The text does not begin with the line that names the format.
    case header(String)
    case line(Int, String)
    case path(String)
    case twice(String)
    /// Something lies below an entry that is no folder.
    case below(String)
    case tooLarge(limit: Int, unit: String)

    package var kind: FaultKind { .damaged }

    package var description: String {
        switch self {
        case .header(let line): "the manifest begins with '\(line.printable)' instead of '\(Manifest.header)'"
        case .line(let number, let problem): "line \(number) of the manifest \(problem)"
        case .path(let path): "the manifest names '\(path)', which is no path below a folder"
        case .twice(let path): "the manifest names '\(path)' twice"
        case .below(let path): "the manifest has entries below '\(path)', which is no folder"
        case .tooLarge(let limit, let unit): "the manifest names more than \(limit) \(unit)"
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(escaping path: [UInt8]) {
        for byte in path {
            if byte < 32 || byte == 127 || byte == UInt8(ascii: "\\") {
                append(contentsOf: "\\x".utf8)
                append(contentsOf: [byte].hex.utf8)
            } else {
                append(byte)
            }
        }
    }
}
