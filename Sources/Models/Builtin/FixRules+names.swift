import Core

/// A module, package or header under a name that is nearly, but not quite, one that the project has.
enum WrongNameRule {
    /// Names that generated code carries until somebody fills in the real one.
    private static let standIns: Set = [
        "mycrate", "mylib", "mymodule", "mypackage", "mypkg", "myapp", "myproject", "yourcrate", "yourmodule",
        "yourpackage", "cratename", "packagename", "modulename", "projectname", "examplecom",
    ]

    static func fix(_ failure: FailedCommand) -> Fix? {
        for line in failure.lines {
            guard let wrong = WrongName(line, of: failure) else { continue }
            guard let right = nearest(to: wrong.name, among: wrong.candidates) else { continue }
            var texts: [String: String] = [:]
            for file in failure.input.files where wrong.concerns(file) {
                texts[file.path] = wrong.replaced(in: file.content, by: right)
            }
            let diagnosis = "'\(wrong.name)' is not a name of this project; it is '\(right)'"
            if let fix = failure.patch(diagnosis, texts) { return fix }
        }
        return nil
    }

    /// The candidate that differs in hyphens, case or a letter or two, if there is just one.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        guard !candidates.contains(name) else { return nil }
        let plain = bare(name)
        let scored = Set(candidates).map { candidate -> (name: String, distance: Int) in
            (candidate, distance(Array(plain), Array(bare(candidate))))
        }
        .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best = scored.first else { return nil }
        if standIns.contains(plain), scored.count == 1 { return best.name }
        let isClear = scored.count == 1 || scored[1].distance > best.distance
        return isClear && best.distance <= max(1, plain.count / 5) ? best.name : nil
    }

    private static func bare(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// How many letters have to be changed, added or removed, at most 60 of each looked at.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        let left = left.prefix(60)
        let right = Array(right.prefix(60))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let above = row[column + 1]
                let change = diagonal + (character == right[column] ? 0 : 1)
                row[column + 1] = min(change, above + 1, row[column] + 1)
                diagonal = above
            }
        }
        return row[right.count]
    }
}

/// A name that a tool did not find, and the names that the project really has.
private struct WrongName {
    private enum Kind { case rust, python, go, node, java, header, swift }

    let name: String
    let candidates: [String]
    private let kind: Kind

    init?(_ line: String, of failure: FailedCommand) {
        guard let (kind, name) = Self.parse(line) else { return nil }
        self.kind = kind
        self.name = name
        candidates = Self.candidates(kind, failure)
    }

    private static func parse(_ line: String) -> (Kind, String)? {
        if line.contains("error[E0432]") || line.contains("error[E0433]") || line.contains("error[E0463]") {
            return line.between("`", "`").map { (.rust, String($0.split(separator: ":").first ?? "")) }
        }
        if line.contains("ModuleNotFoundError"), let name = line.between("No module named '", "'") {
            return (.python, String(name.split(separator: ".").first ?? ""))
        }
        if let name = line.between("package ", " is not in ") ?? line.between(
            "no required module provides package ",
            ";"
        )
            ?? line.between("no required module provides package ", " ")
        {
            return (.go, String(name.split(separator: "/").first ?? ""))
        }
        if let path = line.between("Cannot find module '", "'"), let name = path.split(separator: "/").last,
            path.contains("/")
        {
            return (.node, String(name))
        }
        if let name = line.between("package ", " does not exist") { return (.java, name.trimmed) }
        if line.contains("fatal error: "), let path = line.between("fatal error: ", ": No such file") {
            return (.header, path)
        }
        if let name = line.between("no such module '", "'") { return (.swift, name) }
        return nil
    }

    private static func candidates(_ kind: Kind, _ failure: FailedCommand) -> [String] {
        let files = failure.input.files
        let paths = files.map { failure.relative($0) }
        switch kind {
        case .rust:
            let manifest = files.first { failure.relative($0) == "Cargo.toml" }
            let name = manifest?.content.textLines.lazy.filter { $0.hasPrefix("name") }.compactMap {
                $0.between("\"", "\"")
            }.first
            return [(name ?? failure.names.name).replacing("-", with: "_")]
        case .python:
            return paths.filter { $0.hasSuffix("/__init__.py") }.compactMap { $0.split(separator: "/").dropLast().last }
                .map(String.init).filter { $0 != "tests" }
                + paths.filter { $0.hasSuffix(".py") && !$0.contains("/") }.map { String($0.dropLast(3)) }
        case .go:
            let manifest = files.first { failure.relative($0) == "go.mod" }
            return manifest?.content.textLines.filter { $0.hasPrefix("module ") }
                .map { $0.dropFirst("module ".count).trimmed } ?? []
        case .node:
            return paths.filter { [".js", ".mjs", ".cjs", ".ts"].contains(where: $0.hasSuffix) }
                .compactMap { $0.split(separator: "/").last }.map(String.init)
        case .java:
            return files.flatMap { $0.content.textLines.filter { $0.hasPrefix("package ") } }
                .compactMap { $0.between("package ", ";") }
        case .header:
            return paths.filter { [".h", ".hpp", ".hh"].contains(where: $0.hasSuffix) }
                .flatMap { path in
                    [path.replacing("include/", with: ""), String(path.split(separator: "/").last ?? "")]
                }
        case .swift:
            return paths.filter { $0.hasPrefix("Sources/") }.compactMap { $0.split(separator: "/").dropFirst().first }
                .map(String.init).filter { !$0.hasSuffix(".swift") }
        }
    }

    /// Whether a file is written in the language that the message is about.
    func concerns(_ file: FileText) -> Bool {
        let endings =
            switch kind {
            case .rust: [".rs"]
            case .python: [".py"]
            case .go: [".go"]
            case .node: [".js", ".mjs", ".cjs", ".ts"]
            case .java: [".java"]
            case .header: [".cpp", ".cc", ".cxx", ".hpp", ".h", ".hh", ".c"]
            case .swift: [".swift"]
            }
        return endings.contains(where: file.path.hasSuffix)
    }

    /// The text with the name replaced where it is imported or qualified; strings and comments stay.
    func replaced(in text: String, by right: String) -> String {
        let lines = text.textLines
        let imports = lines.contains { isImport($0.trimmed) && words(of: $0).contains(name) }
        return lines.map { line in
            let start = line.trimmed
            if isImport(start) { return replacing(name, in: line, by: right) }
            guard kind == .rust || (kind == .python && imports) else { return line }
            return replacing(name, in: line, by: right, onlyBefore: kind == .rust ? "::" : ".")
        }
        .joined(separator: "\n")
    }

    private func isImport(_ line: String) -> Bool {
        switch kind {
        case .rust: line.hasPrefix("use ") || line.hasPrefix("pub use ") || line.hasPrefix("extern crate ")
        case .python: line.hasPrefix("import ") || line.hasPrefix("from ")
        case .go: line.hasPrefix("import ") || line.hasPrefix("\"") || line.contains(" \"\(name)")
        case .node: line.contains("require(") || line.contains("from ") || line.hasPrefix("import ")
        case .java: line.hasPrefix("import ")
        case .header: line.hasPrefix("#include")
        case .swift: line.contains("import ")
        }
    }

    private func words(of line: String) -> [String] {
        line.split { !($0.isLetter || $0.isNumber || "_-./".contains($0)) }
            .flatMap { [String($0)] + $0.split { "./".contains($0) }.map(String.init) }
    }

    /// Replaces whole names: what touches another letter, digit or underscore is part of another name.
    private func replacing(_ name: String, in line: String, by right: String, onlyBefore: String = "") -> String {
        var result = ""
        var rest = line[...]
        while let range = rest.firstRange(of: name) {
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = rest[range.upperBound...]
            let isWhole = !before.isNamePart && !(after.first?.isNamePart ?? false)
            result += rest[..<range.lowerBound]
            result += isWhole && (onlyBefore.isEmpty || after.hasPrefix(onlyBefore)) ? right : name
            rest = after
        }
        return result + rest
    }
}

extension Character {
    fileprivate var isNamePart: Bool { isLetter || isNumber || self == "_" }
}
