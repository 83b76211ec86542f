/// Cuts a stream of bytes into lines, whatever pieces it comes in.
///
/// A line ends with CR LF, LF or CR, also when a piece ends between the two. Lines are bytes: a character that is cut
/// by the end of a piece is whole again in its line.
struct LineFraming: Sendable {
    private var rest: [UInt8] = []
    private var skipsLineFeed = false
    private let limit: Int

    /// - Parameter limit: The longest line in bytes.
    init(limit: Int) { self.limit = limit }

    /// The lines that `bytes` complete, without their ends.
    mutating func lines(_ bytes: [UInt8]) throws(ProviderFault) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        if skipsLineFeed, !bytes.isEmpty {
            start = bytes[0] == 0x0A ? 1 : 0
            skipsLineFeed = false
        }
        while let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            try check(end - start)
            lines.append(rest + bytes[start..<end])
            rest = []
            start = end + 1
            guard bytes[end] == 0x0D else { continue }
            if start == bytes.count {
                skipsLineFeed = true
            } else if bytes[start] == 0x0A {
                start += 1
            }
        }
        try check(bytes.count - start)
        rest += bytes[start...]
        return lines
    }

    /// The line that nothing ended, after the last byte; `nil` when there is none.
    mutating func last() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }

    private func check(_ more: Int) throws(ProviderFault) {
        guard rest.count + more <= limit else {
            throw ProviderFault(.tooLarge, "a line of more than \(limit) bytes")
        }
    }
}
