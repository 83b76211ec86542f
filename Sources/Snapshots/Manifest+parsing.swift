internal import Core

/// How much a snapshot may hold; what an attacker announces beyond it is refused before anything is written.
package struct SnapshotLimits: Sendable {
    package var entries: Int
    /// Bytes of contents.
    package var bytes: Int

    package init(entries: Int = 1_000_000, bytes: Int = 256 << 30) {
        self.entries = entries
        self.bytes = bytes
    }
}

extension Manifest {
    /// The largest text that is read, in bytes.
    static let textLimit = 512 << 20

    /// Reads a manifest's text; only the one spelling that ``text`` gives is accepted.
    ///
    /// - Throws: ``ManifestError``.
    package init(parsing text: [UInt8], limits: SnapshotLimits = SnapshotLimits()) throws(ManifestError) {
        guard text.last == UInt8(ascii: "\n") else { throw .line(0, "has no end") }
        let lines = text.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first, first.elementsEqual(Self.header.utf8) else {
            throw .header(String(decoding: (lines.first ?? []).prefix(40), as: UTF8.self))
        }
        guard lines.count - 1 <= limits.entries else { throw .tooLarge(limit: limits.entries, unit: "entries") }
        var entries: [ManifestEntry] = []
        entries.reserveCapacity(lines.count)
        var total = 0
        for (number, line) in zip(2..., lines.dropFirst()) {
            let entry = try Self.entry(line, number)
            if let last = entries.last, !last.path.lexicographicallyPrecedes(entry.path) {
                throw last.path == entry.path ? .twice(entry.name) : .line(number, "is out of order")
            }
            total += entry.size
            guard total <= limits.bytes else { throw .tooLarge(limit: limits.bytes, unit: "bytes") }
            entries.append(entry)
        }
        try self.init(entries)
    }

    private static func entry(_ line: ArraySlice<UInt8>, _ number: Int) throws(ManifestError) -> ManifestEntry {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4 else { throw .line(number, "has no four fields") }
        guard let mode = ManifestEntry.Mode(rawValue: String(decoding: fields[0], as: UTF8.self)) else {
            throw .line(number, "has no mode that a tree can have")
        }
        let digits = String(decoding: fields[1], as: UTF8.self)
        guard let size = Int(digits), size >= 0, size <= 1 << 50, String(size) == digits else {
            throw .line(number, "has no size")
        }
        let hex = String(decoding: fields[2], as: UTF8.self)
        guard let digest = Digest(hex: hex), digest.hex == hex else { throw .line(number, "has no hash") }
        guard let path = unescaped(fields[3]) else {
            throw .line(number, "has a path that is not escaped as it must be")
        }
        return ManifestEntry(path: path, mode: mode, size: size, content: digest)
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var path: [UInt8] = []
        path.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                guard byte >= 32, byte != 127 else { return nil }
                path.append(byte)
                continue
            }
            let digits = rest.dropFirst().prefix(2)
            guard rest.first == UInt8(ascii: "x"), digits.count == 2 else { return nil }
            let hex = String(decoding: digits, as: UTF8.self)
            guard let value = [UInt8](hex: hex)?.first, [value].hex == hex else { return nil }
            guard value < 32 || value == 127 || value == UInt8(ascii: "\\") else { return nil }
            path.append(value)
            rest = rest.dropFirst(3)
        }
        return path
    }
}
