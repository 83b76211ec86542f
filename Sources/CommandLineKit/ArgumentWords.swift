internal import Core

/// The words that the process was started with, without its own name.
package enum ArgumentWords {
    /// - Throws: ``CommandLineError/notUTF8(_:)``: replacing the bytes would name another file.
    package static func current() throws(CommandLineError) -> [String] {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let pointer = unsafe CommandLine.unsafeArgv[index] else { break }
            guard let word = unsafe String(validatingCString: pointer) else {
                throw .notUTF8(unsafe String(cString: pointer).printable)
            }
            words.append(word)
        }
        return words
    }
}
