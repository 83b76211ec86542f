import Foundation

/// The build tool that writes the knowledge folders as Swift source: `embed-warehouse OUTPUT STAMP ROOT FOLDER…`.
///
/// One raw string literal per file: the compiler takes those in milliseconds, arrays of bytes in minutes.
@main
enum Main {
    static func main() {
        do {
            try embed()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func embed() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 4 else { throw EmbedError(message: "usage: embed-warehouse OUTPUT STAMP ROOT FOLDER…") }
        let root = URL(filePath: arguments[3], directoryHint: .isDirectory)
        var files: [(path: String, text: String)] = []
        for folder in arguments[4...] {
            files += try texts(in: folder, below: root)
        }
        try write(Data(source(of: files).utf8), to: URL(filePath: arguments[1]))
        // The stamp is an input of this very tool: a new time makes it run in the next build too.
        try Data("\(Date.now.timeIntervalSince1970)".utf8).write(to: URL(filePath: arguments[2]))
    }

    /// Writes a file unless it holds just that: its time would make the target compile again.
    private static func write(_ data: Data, to file: URL) throws {
        guard (try? Data(contentsOf: file)) != data else { return }
        try data.write(to: file, options: .atomic)
    }

    /// The folder's files in the order of their paths, without hidden ones.
    private static func texts(in folder: String, below root: URL) throws -> [(path: String, text: String)] {
        let top = root.appending(path: folder)
        guard FileManager.default.fileExists(atPath: top.path) else { return [] }
        let paths = try FileManager.default.subpathsOfDirectory(atPath: top.path).sorted()
        var files: [(path: String, text: String)] = []
        for path in paths where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            let file = top.appending(path: path)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            guard let text = String(validating: try Data(contentsOf: file), as: UTF8.self), !text.contains("\0") else {
                throw EmbedError(message: "\(file.path):1:1: error: only UTF-8 text can be built in")
            }
            files.append((folder + "/" + path, text))
        }
        return files
    }

    private static func source(of files: [(path: String, text: String)]) -> String {
        let entries = files.map { "        (\(literal($0.path)), \(literal($0.text)))," }
        return """
            /// The files that are built into the program, by path, in the order of their paths.
            enum EmbeddedFiles {
                static let all: [(path: String, text: String)] = [
            \(entries.joined(separator: "\n"))
                ]
            }

            """
    }

    /// A literal of one line: what a raw string cannot hold literally, line ends above all, is written as an escape
    /// with as many `#` as no text in it has.
    private static func literal(_ text: String) -> String {
        let fence = String(repeating: "#", count: longestFence(in: text) + 1)
        var body = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                body += "\\\(fence)n"
            } else if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                || [0x2028, 0x2029].contains(scalar.value)
            {
                body += "\\\(fence)u{\(String(scalar.value, radix: 16))}"
            } else {
                body.unicodeScalars.append(scalar)
            }
        }
        return "\(fence)\"\(body)\"\(fence)"
    }

    private static func longestFence(in text: String) -> Int {
        var longest = 0
        var current = 0
        for byte in text.utf8 {
            current = byte == UInt8(ascii: "#") ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}

/// A file that cannot be built in.
struct EmbedError: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
