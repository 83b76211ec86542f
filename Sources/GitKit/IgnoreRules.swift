/// The `.gitignore` files from the project's root down to one folder.
///
/// Only these files count: a run's repository has no other list, and Drydock reads none of the user's.
struct IgnoreRules {
    /// Bytes of one `.gitignore` that are read; what comes behind is not.
    static let sizeLimit = 1 << 20

    private struct Level {
        /// How many bytes of a path lie before the part that the patterns are for.
        let prefixLength: Int
        let patterns: [IgnorePattern]
    }

    private var levels: [Level] = []

    /// The rules with those of one more file, which counts before the ones above it.
    func adding(_ content: [UInt8], inFolder prefix: [UInt8]) -> IgnoreRules {
        var text = content[...]
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        let patterns = text.split(separator: UInt8(ascii: "\n")).compactMap { IgnorePattern(line: $0) }
        var rules = self
        rules.levels.append(Level(prefixLength: prefix.count, patterns: patterns))
        return rules
    }

    /// Whether the entry at `path` is ignored, given that no folder above it is.
    func ignores(path: [UInt8], nameLength: Int, isFolder: Bool) -> Bool {
        let name = path[(path.count - nameLength)...]
        for level in levels.reversed() {
            let below = path[level.prefixLength...]
            let last = level.patterns.last { $0.matches(path: below, name: name, isFolder: isFolder) }
            if let last { return !last.isNegated }
        }
        return false
    }
}
