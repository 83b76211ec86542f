internal import Core
internal import HashKit

/// What is left of a failure when everything that changes from one try to the next is taken out.
///
/// Two failures with the same fingerprint are the same failure: trying again in the same way is stagnation.
enum FailureFingerprint {
    /// The fingerprint of a command that ended with `exitCode` and printed `output`.
    static func of(argv: [String], exitCode: Int32, output: String) -> String {
        let lines = output.split(separator: "\n").map { normalise($0) }.filter { !$0.isEmpty }
        let text = argv.joined(separator: "\u{0}") + "\n\(exitCode)\n" + lines.joined(separator: "\n")
        return Digest.sha256(of: text).hex
    }

    /// Runs of digits (times, addresses, counters) become `#`; white space is folded.
    private static func normalise(_ line: Substring) -> String {
        var text = ""
        var last: Character = " "
        for character in line.unicodeScalars.lazy.map(Character.init) {
            let next: Character =
                character.isHexDigit && character.isNumber ? "#" : character.isWhitespace ? " " : character
            if next == last, next == "#" || next == " " { continue }
            text.append(next)
            last = next
        }
        return text
    }
}
