/// A stream's bytes, of which the first and the last are kept.
package struct OutputCapture: Sendable {
    private let headLimit: Int
    private let tailLimit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    /// How many bytes there were, those not kept included.
    package private(set) var count = 0

    /// - Parameter limit: How many bytes are kept: the first half of them from the start, the rest from the end.
    package init(limit: Int) {
        headLimit = limit / 2
        tailLimit = limit - limit / 2
    }

    package mutating func append(_ bytes: [UInt8]) {
        count += bytes.count
        let forHead = min(headLimit - head.count, bytes.count)
        head += bytes.prefix(forHead)
        tail += bytes.dropFirst(forHead)
        if tail.count > 2 * tailLimit + 65_536 {
            tail.removeFirst(tail.count - tailLimit)
        }
    }

    /// How many bytes between the first and the last are lost.
    package var dropped: Int { count - head.count - min(tail.count, tailLimit) }

    /// What was kept; where bytes were lost, a line says how many.
    package var bytes: [UInt8] {
        guard dropped > 0 else { return head + tail }
        return head + Array("\n[… \(dropped) bytes left out …]\n".utf8) + tail.suffix(tailLimit)
    }
}
