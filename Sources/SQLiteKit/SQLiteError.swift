internal import CSQLite
package import Core
internal import Glibc

/// A failure that SQLite reported, with its message copied out of the library.
package struct SQLiteError: ReportableError, Equatable {
    /// The step that failed.
    package enum Operation: String, Sendable {
        case open, prepare, bind, step
    }

    package let operation: Operation
    /// The extended result code.
    package let code: Int32
    /// The operating system's `errno` of the failed call, or 0.
    package let systemError: Int32
    /// SQLite's own words, read at once: the library overwrites them at the next call.
    package let message: String
    /// The database file.
    package let path: String

    package var kind: FaultKind {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .diskFull
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .damaged
        case SQLITE_INTERRUPT: .cancelled
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: hasNoSpace ? .diskFull : .configuration
        case SQLITE_IOERR: hasNoSpace ? .diskFull : .failed
        default: .internalFault
        }
    }

    /// SQLite answers a full disk with other codes, too, where it is not the data that does not fit.
    private var hasNoSpace: Bool {
        systemError == ENOSPC || systemError == EDQUOT || code == SQLITE_IOERR | (19 << 8)
    }

    package var description: String {
        let reason = systemError == 0 ? "" : ", \(unsafe String(cString: strerror(systemError)))"
        return switch kind {
        case .busy: "the database '\(path.printable)' is in use by another process: \(message)"
        case .diskFull: "there is no space left for the database '\(path.printable)'"
        case .damaged: "the database '\(path.printable)' is damaged: \(message)"
        default:
            "sqlite could not \(operation.rawValue) in '\(path.printable)': \(message) (code \(code)\(reason))"
        }
    }

    package var hint: String? {
        switch kind {
        case .busy: "wait until the other process has ended, then try again"
        case .diskFull: "free some space, then try again: what was recorded before is kept"
        case .damaged: "move the file away, or restore it from a backup"
        case .configuration: "check that the folder exists and that you may write to it"
        default: nil
        }
    }
}

extension SQLiteError {
    @unsafe
    init(_ operation: Operation, _ code: Int32, on connection: OpaquePointer?, path: String) {
        self.operation = operation
        self.path = path
        if let connection = unsafe connection {
            self.code = unsafe sqlite3_extended_errcode(connection)
            message = unsafe String(cString: sqlite3_errmsg(connection))
            systemError = unsafe sqlite3_system_errno(connection)
        } else {
            self.code = code
            message = unsafe String(cString: sqlite3_errstr(code))
            systemError = 0
        }
    }
}
