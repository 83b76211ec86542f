import Core

/// A tool's message about one line of a file.
struct ToolMessage {
    let file: FileText
    /// From 1.
    let line: Int
    let text: String

    /// Reads `path:line:…`, `path(line,column): …`, `[ERROR] path:[line,column] …`.
    init?(_ line: String, of failure: FailedCommand) {
        let text = line.trimmed.replacing("[ERROR] ", with: "").replacing("vet: ", with: "")
        let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        if parts.count >= 2, let file = failure.file(named: parts[0]) {
            let place = parts[1].drop { $0 == "[" }.prefix { $0.isNumber }
            guard let number = Int(place) else { return nil }
            self.init(file: file, line: number, text: text)
            return
        }
        guard let open = text.firstIndex(of: "("), let file = failure.file(named: text[..<open]) else { return nil }
        guard let number = Int(text[open...].dropFirst().prefix { $0.isNumber }) else { return nil }
        self.init(file: file, line: number, text: text)
    }

    private init(file: FileText, line: Int, text: String) {
        self.file = file
        self.line = line
        self.text = text
    }
}

/// Imports that are missing and imports that are never used; compilers often report both at once.
enum ImportRule {
    static func fix(_ failure: FailedCommand) -> Fix? {
        guard let first = UnusedImportRule.fix(failure) else { return MissingImportRule.fix(failure) }
        guard let second = MissingImportRule.fix(failure.patched(by: first)) else { return first }
        let again = Set(second.files.map(\.path))
        return Fix(
            diagnosis: first.diagnosis + "; " + second.diagnosis,
            fixed: true,
            files: first.files.filter { !again.contains($0.path) } + second.files
        )
    }
}

/// An import that a compiler or linter says is never used; its line goes.
enum UnusedImportRule {
    static func fix(_ failure: FailedCommand) -> Fix? {
        var lines: [String: Set<Int>] = [:]
        var names: [String] = []
        for (index, line) in failure.lines.enumerated() {
            guard let found = unused(line, at: index, failure) else { continue }
            let texts = found.message.file.content.textLines
            guard texts.indices.contains(found.message.line - 1) else { continue }
            guard isWholeImport(texts[found.message.line - 1], of: found.name) else { continue }
            lines[found.message.file.path, default: []].insert(found.message.line - 1)
            names.append(found.name)
        }
        guard !lines.isEmpty else { return nil }
        var texts: [String: String] = [:]
        for file in failure.input.files {
            guard let gone = lines[file.path] else { continue }
            let kept = file.content.textLines.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
            texts[file.path] = withoutEmptyImports(kept).joined(separator: "\n")
        }
        return failure.patch("imported and not used: \(Set(names).sorted().joined(separator: ", "))", texts)
    }

    private static func unused(
        _ line: String,
        at index: Int,
        _ failure: FailedCommand
    ) -> (message: ToolMessage, name: String)? {
        if let message = ToolMessage(line, of: failure) {
            // go: main.go:5:2: "os" imported and not used (until 1.19: imported but not used)
            let isGo =
                line.contains("\" imported and not used") || line.contains("\" imported but not used")
                || line.contains("\" imported as ") || line.contains(": imported and not used: \"")
            if isGo { return line.between("\"", "\"").map { (message, $0) } }
            // pyflakes, ruff: app.py:1:1: F401 'os' imported but unused
            if line.contains("' imported but unused") || line.contains("` imported but unused") {
                return (line.between("'", "'") ?? line.between("`", "`")).map { (message, $0) }
            }
            // tsc: a.ts(1,10): error TS6133: 'x' is declared but its value is never read.
            if line.contains("TS6133") || line.contains("TS6192") {
                return (message, line.between("'", "'") ?? "all imports")
            }
        }
        // rustc: error: unused import: `std::fs` / --> src/main.rs:1:5
        guard line.contains("unused import: `"), let name = line.between("`", "`") else { return nil }
        let place = failure.lines[(index + 1)...].prefix(3).first { $0.contains("--> ") }
        guard let place, let path = place.between("--> ", ":") else { return nil }
        let number = place.split(separator: ":").dropFirst().first.map(String.init) ?? ""
        return ToolMessage("\(path):\(number):1", of: failure).map { ($0, name) }
    }

    /// Whether the line imports that name and nothing else, so that it can go.
    private static func isWholeImport(_ line: String, of name: String) -> Bool {
        let text = line.trimmed
        if text.hasSuffix("\"\(name)\"") { return true }
        let isPlain =
            !text.contains(",") && !text.contains("(") && text.contains(name.split(separator: " ").first ?? "")
        return isPlain && ["import ", "from ", "use "].contains { text.hasPrefix($0) }
    }

    /// Go's `import ( )` without anything inside is of no use either.
    private static func withoutEmptyImports(_ lines: [String]) -> [String] {
        guard let start = lines.firstIndex(where: { $0.trimmed == "import (" }) else { return lines }
        let end = lines[(start + 1)...].firstIndex { !$0.trimmed.isEmpty }
        guard let end, lines[end].trimmed == ")" else { return lines }
        return Array(lines[..<start] + lines[(end + 1)...])
    }
}

/// A name of the standard library that is used without being imported.
enum MissingImportRule {
    static func fix(_ failure: FailedCommand) -> Fix? {
        var additions: [String: [String]] = [:]
        for (index, line) in failure.lines.enumerated() {
            guard let found = missing(line, at: index, failure) else { continue }
            if !(additions[found.file.path] ?? []).contains(found.statement) {
                additions[found.file.path, default: []].append(found.statement)
            }
        }
        guard !additions.isEmpty else { return nil }
        var texts: [String: String] = [:]
        for file in failure.input.files {
            guard let statements = additions[file.path] else { continue }
            texts[file.path] = statements.reduce(file.content) { ImportInsertion.inserting($1, into: $0) }
        }
        let names = additions.values.flatMap { $0 }.sorted().joined(separator: ", ")
        return failure.patch("used without being imported: \(names)", texts)
    }

    private static func missing(
        _ line: String,
        at index: Int,
        _ failure: FailedCommand
    ) -> (file: FileText, statement: String)? {
        let message = ToolMessage(line, of: failure)
        if let message, let name = goName(line), let path = StandardNames.go[name] {
            return (message.file, "import \"\(path)\"")
        }
        if let message,
            let statement = line.between("did you forget to '#include ", "'") ?? line.between("‘#include ", "’"),
            statement.hasPrefix("<")
        {
            return (message.file, "#include \(statement)")
        }
        if let message,
            let name = line.between("cannot find '", "' in scope") ?? line.between("cannot find type '", "' in scope"),
            StandardNames.foundation.contains(name)
        {
            return (message.file, "import Foundation")
        }
        if let message, line.contains("cannot find symbol") {
            let symbol = failure.lines[(index + 1)...].prefix(5).lazy.compactMap(javaClass).first
            return symbol.flatMap { StandardNames.java[$0] }.map { (message.file, "import \($0);") }
        }
        return python(line, at: index, failure) ?? rust(line, at: index, failure)
    }

    private static func goName(_ line: String) -> String? {
        guard let range = line.firstRange(of: "undefined: ") else { return nil }
        return String(line[range.upperBound...].prefix { $0.isLetter || $0.isNumber })
    }

    private static func javaClass(_ line: String) -> String? {
        guard let range = line.firstRange(of: "symbol:") else { return nil }
        let words = line[range.upperBound...].split(separator: " ")
        return words.count >= 2 && ["class", "variable"].contains(words[0]) ? String(words[1]) : nil
    }

    private static func python(
        _ line: String,
        at index: Int,
        _ failure: FailedCommand
    ) -> (file: FileText, statement: String)? {
        guard line.contains("NameError: name '"), let name = line.between("name '", "' is not defined") else {
            return nil
        }
        guard StandardNames.python.contains(name) else { return nil }
        let path = failure.lines[..<index].reversed().lazy.compactMap { $0.between("File \"", "\"") }.first
        return path.flatMap { failure.file(named: $0) }.map { ($0, "import \(name)") }
    }

    /// The compiler's own proposal, if it makes exactly one from the standard library.
    private static func rust(
        _ line: String,
        at index: Int,
        _ failure: FailedCommand
    ) -> (file: FileText, statement: String)? {
        guard line.hasPrefix("error[E0433]") || line.hasPrefix("error[E0412]") || line.hasPrefix("error[E0425]") else {
            return nil
        }
        let rest = failure.lines[(index + 1)...].prefix(20).prefix { !$0.hasPrefix("error") }
        guard let path = rest.lazy.compactMap({ $0.between("--> ", ":") }).first, let file = failure.file(named: path)
        else {
            return nil
        }
        let proposals = rest.compactMap { line -> String? in
            guard let range = line.firstRange(of: "use std::"), line.hasSuffix(";") else { return nil }
            return String(line[range.lowerBound...])
        }
        guard rest.contains(where: { $0.contains("consider importing") }), proposals.count == 1 else { return nil }
        return (file, proposals[0])
    }
}

/// Puts an import statement where its language wants it.
enum ImportInsertion {
    static func inserting(_ statement: String, into text: String) -> String {
        var lines = text.textLines
        guard !lines.contains(statement) else { return text }
        if statement.hasPrefix("import \"") {
            let path = String(statement.dropFirst("import ".count))
            if let block = lines.firstIndex(where: { $0.trimmed == "import (" }) {
                lines.insert("\t" + path, at: block + 1)
            } else if let package = lines.firstIndex(where: { $0.hasPrefix("package ") }) {
                lines.insert(contentsOf: ["", statement], at: package + 1)
            }
            return lines.joined(separator: "\n")
        }
        lines.insert(statement, at: place(for: statement, in: lines))
        return lines.joined(separator: "\n")
    }

    /// Before the first statement of the same sort, else behind what has to come first in a file.
    private static func place(for statement: String, in lines: [String]) -> Int {
        let word = statement.prefix { $0 != " " } + " "
        if let first = lines.firstIndex(where: { $0.hasPrefix(word) }) { return first }
        if statement.hasSuffix(";"), let package = lines.firstIndex(where: { $0.hasPrefix("package ") }) {
            return package + 1
        }
        let isOpening = { (line: String) in
            line.hasPrefix("#!") || line.hasPrefix("//!") || line.hasPrefix("#![") || line.hasPrefix("# ")
                || line.hasPrefix("\"\"\"") || line.hasPrefix("#pragma once")
                || line.hasPrefix("// swift-tools-version")
                || line.hasPrefix("from __future__")
        }
        let opening = lines.prefix { isOpening($0) || $0.isEmpty }
        return opening.last?.isEmpty == true || opening.isEmpty ? opening.count : opening.count
    }
}

/// Names of standard libraries and where they come from.
enum StandardNames {
    static let go = [
        "fmt": "fmt", "os": "os", "strings": "strings", "strconv": "strconv", "bufio": "bufio", "errors": "errors",
        "io": "io", "time": "time", "sort": "sort", "http": "net/http", "json": "encoding/json", "testing": "testing",
        "math": "math", "bytes": "bytes", "filepath": "path/filepath", "log": "log", "context": "context",
        "sync": "sync", "flag": "flag", "regexp": "regexp", "unicode": "unicode", "utf8": "unicode/utf8",
        "httptest": "net/http/httptest", "url": "net/url", "reflect": "reflect", "exec": "os/exec",
    ]
    static let java = [
        "List": "java.util.List", "ArrayList": "java.util.ArrayList", "Map": "java.util.Map",
        "HashMap": "java.util.HashMap", "TreeMap": "java.util.TreeMap", "Set": "java.util.Set",
        "HashSet": "java.util.HashSet", "Optional": "java.util.Optional", "Arrays": "java.util.Arrays",
        "Collections": "java.util.Collections", "Scanner": "java.util.Scanner", "Objects": "java.util.Objects",
        "IOException": "java.io.IOException", "File": "java.io.File", "Path": "java.nio.file.Path",
        "Paths": "java.nio.file.Paths", "Files": "java.nio.file.Files", "InputStream": "java.io.InputStream",
        "OutputStream": "java.io.OutputStream", "StandardCharsets": "java.nio.charset.StandardCharsets",
        "Collectors": "java.util.stream.Collectors", "Stream": "java.util.stream.Stream", "URI": "java.net.URI",
    ]
    static let python: Set = [
        "argparse", "asyncio", "collections", "contextlib", "csv", "dataclasses", "datetime", "functools", "hashlib",
        "io", "itertools", "json", "logging", "math", "os", "pathlib", "random", "re", "shutil", "socket", "statistics",
        "string", "subprocess", "sys", "tempfile", "textwrap", "threading", "time", "typing", "unittest", "urllib",
    ]
    static let foundation: Set = [
        "Bundle", "Calendar", "CharacterSet", "Data", "Date", "DateFormatter", "FileHandle", "FileManager",
        "ISO8601DateFormatter",
        "JSONDecoder", "JSONEncoder", "JSONSerialization", "Locale", "NSRegularExpression", "NumberFormatter", "Pipe",
        "Process",
        "ProcessInfo", "Scanner", "TimeInterval", "TimeZone", "URL", "URLComponents", "UUID", "exit", "fputs", "sqrt",
        "pow",
    ]
}
