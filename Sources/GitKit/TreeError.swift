package import Core
internal import Glibc

/// A working tree that cannot be read, written or committed as asked.
package enum TreeError: ReportableError, Equatable {
    /// The system refused; `number` is its `errno`.
    case system(operation: String, path: String, number: Int32)
    /// A name that a project cannot have.
    case unusableName(path: String, reason: String)
    /// A symbolic link stands where a folder is needed.
    case linkOnTheWay(path: String)
    /// A symbolic link that a project cannot have, because it would lead out of it.
    case unusableLink(path: String, reason: String)
    /// Something else than a file stands where a file is needed.
    case notAFile(path: String)
    /// A file holds the value of a known secret.
    case holdsSecret(path: String, name: String)
    case tooLarge(path: String, bytes: Int, limit: Int)
    case tooMany(limit: Int)
    case tooDeep(path: String, limit: Int)

    package var kind: FaultKind {
        switch self {
        case .system(_, _, ENOSPC), .system(_, _, EDQUOT): .diskFull
        case .system(_, _, ENOENT): .notFound
        case .system(_, _, ENAMETOOLONG): .policy
        case .system: .failed
        case .unusableName, .linkOnTheWay, .unusableLink, .notAFile, .holdsSecret, .tooLarge, .tooMany, .tooDeep:
            .policy
        }
    }

    package var description: String {
        switch self {
        case .system(let operation, let path, let number):
            "could not \(operation) '\(path.printable)': \(Self.words(for: number))"
        case .unusableName(let path, let reason): "the name '\(path.printable)' cannot be kept: \(reason)"
        case .linkOnTheWay(let path): "'\(path.printable)' is a symbolic link, not a folder"
        case .unusableLink(let path, let reason): "'\(path.printable)' cannot be kept: \(reason.printable)"
        case .notAFile(let path): "'\(path.printable)' is not a regular file"
        case .holdsSecret(let path, let name):
            "the file '\(path.printable)' holds the secret '\(name.printable)' and was not committed"
        case .tooLarge(let path, let bytes, let limit):
            "the file '\(path.printable)' has \(bytes) bytes, more than \(limit)"
        case .tooMany(let limit): "the project has more than \(limit) files"
        case .tooDeep(let path, let limit): "'\(path.printable)' lies more than \(limit) folders deep"
        }
    }

    package var hint: String? {
        switch self {
        case .unusableName: "rename it, or list it in .gitignore"
        case .linkOnTheWay: "remove the link, or write to its target by its own path"
        case .unusableLink: "remove the link, or let it point to a place in the project"
        case .holdsSecret: "take the secret out of the file, or list the file in .gitignore"
        case .tooLarge, .tooMany: "list what is generated in .gitignore"
        case .system(_, _, ENOSPC), .system(_, _, EDQUOT): "free some disk space"
        case .system(_, _, ENAMETOOLONG): "choose a shorter name"
        case .system, .notAFile, .tooDeep: nil
        }
    }

    private static func words(for number: Int32) -> String {
        unsafe String(cString: strerror(number))
    }
}

extension TreeError {
    /// The same error, with `folder` in front of its path.
    func inside(_ folder: String) -> TreeError {
        switch self {
        case .system(let operation, let path, let number):
            .system(operation: operation, path: "\(folder)/\(path)", number: number)
        case .unusableName(let path, let reason): .unusableName(path: "\(folder)/\(path)", reason: reason)
        case .linkOnTheWay(let path): .linkOnTheWay(path: "\(folder)/\(path)")
        case .unusableLink(let path, let reason): .unusableLink(path: "\(folder)/\(path)", reason: reason)
        case .notAFile(let path): .notAFile(path: "\(folder)/\(path)")
        case .holdsSecret(let path, let name): .holdsSecret(path: "\(folder)/\(path)", name: name)
        case .tooLarge(let path, let bytes, let limit):
            .tooLarge(path: "\(folder)/\(path)", bytes: bytes, limit: limit)
        case .tooDeep(let path, let limit): .tooDeep(path: "\(folder)/\(path)", limit: limit)
        case .tooMany: self
        }
    }

    /// The error for the `errno` of the call that has just failed.
    static func last(_ operation: String, _ path: some Sequence<UInt8>) -> TreeError {
        .system(operation: operation, path: escaped(path), number: errno)
    }

    /// A path's bytes as text, those that are not UTF-8 written as `\xNN`.
    static func escaped(_ path: some Sequence<UInt8>) -> String {
        let bytes = Array(path)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let digits = Array("0123456789abcdef")
        return bytes.reduce(into: "") { text, byte in
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
