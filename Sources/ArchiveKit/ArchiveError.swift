internal import CArchive
package import Core

/// Why an archive could not be made or read.
package enum ArchiveError: ReportableError, Equatable {
    /// The library itself cannot be loaded, with the linker's words.
    case noLibrary(String)
    /// The library refused, with its own words.
    case library(operation: String, message: String)
    /// The table of frames at the end of the file is missing or does not fit the file.
    case table(String)
    /// A frame does not hold what the table says.
    case frame(index: Int, String)
    /// An entry that no archive of ours holds.
    case entry(path: String, String)

    package var kind: FaultKind {
        switch self {
        case .noLibrary: .configuration
        case .library(let operation, _) where operation.hasPrefix("write"): .internalFault
        default: .damaged
        }
    }

    package var description: String {
        switch self {
        case .noLibrary(let problem): "libarchive cannot be loaded: \(problem.printable)"
        case .library(let operation, let message): "the archive could not be \(operation): \(message.printable)"
        case .table(let problem): "the archive's table of frames \(problem)"
        case .frame(let index, let problem): "frame \(index) of the archive \(problem.printable)"
        case .entry(let path, let problem): "the entry '\(path.printable)' \(problem)"
        }
    }

    package var hint: String? {
        guard case .noLibrary = self else { return nil }
        return "install the package libarchive13"
    }

    /// The library's own words, where there are some.
    var reason: String {
        guard case .library(_, let message) = self else { return description }
        return message
    }

    /// The failure that the library remembers for `archive`.
    static func last(_ operation: String, _ archive: OpaquePointer) -> ArchiveError {
        let message = unsafe libarchive.error_string(archive)
        return .library(
            operation: operation,
            message: unsafe message.map { unsafe String(cString: $0) } ?? "no reason given"
        )
    }
}
