internal import Core
package import GitKit

/// A line at the end of a commit's message by which the commit is found again.
package struct Trailer: Sendable, Hashable {
    package static let run = "Drydock-Run"
    package static let step = "Drydock-Step"

    package let name: String
    package let value: String

    /// - Parameters:
    ///   - name: Letters, digits and `-`.
    ///   - value: Any text; control characters are written escaped.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value.printable
    }
}

/// A commit with its message taken apart.
package struct Commit: Sendable, Equatable {
    package let id: CommitID
    package let parents: [CommitID]
    /// The name of its tree: equal for equal files, whatever the time and the message.
    package let tree: String
    /// The message without the trailers.
    package let message: String
    package let trailers: [Trailer]
    package let author: Identity
    /// Seconds since 1970.
    package let time: Int64

    init(_ record: CommitRecord) {
        id = record.id
        parents = record.parents
        tree = record.tree.description
        (message, trailers) = CommitMessage.parts(of: record.message)
        author = Identity(name: record.author.name, email: record.author.email)
        time = record.author.seconds
    }

    package func trailer(_ name: String) -> String? {
        trailers.first { $0.name == name }?.value
    }
}

/// The text of a commit's message: a body and a last paragraph of trailers.
enum CommitMessage {
    /// A message whose last paragraph holds the trailers and nothing of `body`.
    static func text(_ body: String, trailers: [Trailer]) -> String {
        let lines = body.printableLines.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.map { $0.trimmingSuffix { $0 == " " || $0 == "\t" } }.joined(separator: "\n")
        let message = kept.trimmingPrefix { $0 == "\n" }.trimmingSuffix { $0 == "\n" }
        let last = trailers.map { "\($0.name): \($0.value)\n" }.joined()
        return message + "\n" + (last.isEmpty ? "" : "\n" + last)
    }

    static func parts(of message: String) -> (body: String, trailers: [Trailer]) {
        let text = message.trimmingSuffix { $0 == "\n" }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let blank = lines.lastIndex(of: ""), blank + 1 < lines.count else { return (String(text), []) }
        var trailers: [Trailer] = []
        for line in lines[(blank + 1)...] {
            guard let trailer = trailer(in: line) else { return (String(text), []) }
            trailers.append(trailer)
        }
        let body = lines[..<blank].joined(separator: "\n").trimmingSuffix { $0 == "\n" }
        return (String(body), trailers)
    }

    private static func trailer(in line: Substring) -> Trailer? {
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let rest = line[name.endIndex...]
        guard !name.isEmpty, rest.hasPrefix(": ") else { return nil }
        return Trailer(String(name), String(rest.dropFirst(2)))
    }
}

extension StringProtocol where SubSequence == Substring {
    fileprivate func trimmingSuffix(while isCut: (Character) -> Bool) -> Substring {
        let end = lastIndex { !isCut($0) }.map(index(after:)) ?? startIndex
        return self[startIndex..<end]
    }

    fileprivate func trimmingPrefix(while isCut: (Character) -> Bool) -> Substring {
        drop(while: isCut)
    }
}
