extension [String] {
    /// The words as one line that a POSIX shell takes apart again the same way.
    package var shellLine: String {
        map { word in
            let isPlain =
                !word.isEmpty
                && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0)) }
            return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
        }.joined(separator: " ")
    }
}
