internal import ProcessKit

/// What bubblewrap writes about itself: first its child's number, and later, if the command was started, its status.
struct BubblewrapStatus: ~Copyable {
    private var pipe: ChildPipe
    private var text = ""

    init() throws(ProcessError) {
        pipe = try ChildPipe()
    }

    /// The end that bubblewrap writes to.
    var childEnd: Int32 { pipe.writingNumber }

    /// The number of the namespace's first process, waited for; `nil` when bubblewrap ended before there was one.
    mutating func readChild() -> Int32? {
        pipe.writing = nil
        while !text.contains("}"), readMore(milliseconds: 10_000) {}
        return number(after: "child-pid").map { Int32(clamping: $0) }
    }

    /// Whether the command itself was started; to be asked when bubblewrap has ended.
    mutating func readWhetherStarted() -> Bool {
        while readMore(milliseconds: 0) {}
        return number(after: "exit-code") != nil
    }

    private mutating func readMore(milliseconds: Int32) -> Bool {
        guard let bytes = pipe.read(milliseconds: milliseconds) else { return false }
        text += String(decoding: bytes, as: UTF8.self)
        return true
    }

    private func number(after key: String) -> Int? {
        guard let place = text.firstRange(of: "\"\(key)\":") else { return nil }
        return Int(text[place.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
    }
}
