/// The one rule for symbolic links in a project's tree: wherever they are followed from, they stay inside of it.
///
/// It is asked when a tree is committed, checked out, kept as a snapshot and given back.
package enum LinkTarget {
    /// Why a link at `path` with this target cannot be part of a tree, or `nil` when it can.
    ///
    /// A target may go up only at its start. Behind another name `..` could mean any place, since that name may be a
    /// link itself: `a/b/up -> ../..` and `out -> a/b/up/../..` would leave the tree together.
    ///
    /// - Parameters:
    ///   - target: The bytes of the target, as the link holds them.
    ///   - path: The bytes of the link's own path below the tree; no part of it but the last is a link.
    /// - Returns: The reason, as a clause about the link.
    package static func problem(_ target: [UInt8], linkedFrom path: [UInt8]) -> String? {
        guard let text = String(validating: target, as: UTF8.self), !target.contains(0) else {
            return "it is a link to a name that is not UTF-8"
        }
        guard let first = target.first else { return "it is a link to nothing" }
        let outside = "it is a link to '\(text)', which lies outside of the project"
        guard first != UInt8(ascii: "/") else { return outside }
        var depth = path.count { $0 == UInt8(ascii: "/") }
        var hasName = false
        for part in target.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            guard part.elementsEqual("..".utf8) else {
                hasName = true
                continue
            }
            guard !hasName else { return "it is a link to '\(text)', which goes up behind a name" }
            depth -= 1
            guard depth >= 0 else { return outside }
        }
        return nil
    }
}
