internal import CSQLite

/// One prepared statement, owned by the connection's cache.
@safe
final class Statement {
    private let raw: OpaquePointer
    private let connection: OpaquePointer
    private let path: String
    /// Whether rows of it are being read: a second reader needs a statement of its own.
    var isActive = false

    @unsafe
    init(_ sql: String, on connection: OpaquePointer, path: String) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = unsafe sqlite3_prepare_v3(connection, sql, -1, flags, &prepared, nil)
        guard code == SQLITE_OK, let handle = unsafe prepared else {
            throw unsafe SQLiteError(.prepare, code, on: connection, path: path)
        }
        unsafe raw = handle
        unsafe self.connection = connection
        self.path = path
    }

    deinit {
        unsafe sqlite3_finalize(raw)
    }

    /// Runs the statement with the values bound to its parameters, from the first on, and gives `body` each row.
    ///
    /// Ready for the next use afterwards. SQLite reads the values where they lie: none of them is copied.
    func run(_ values: [SQLiteValue], _ body: (borrowing Row) throws -> Void) throws {
        try run(values, boundTo: 0, body)
    }

    /// Binds the value at `index` and, while it stays where it is, all after it.
    private func run(
        _ values: [SQLiteValue],
        boundTo index: Int,
        _ body: (borrowing Row) throws -> Void
    ) throws {
        guard index < values.count else {
            defer { reset() }
            while try next() {
                try body(unsafe Row(statement: raw))
            }
            return
        }
        let place = Int32(index) + 1
        switch values[index] {
        case .null: try check(unsafe sqlite3_bind_null(raw, place))
        case .integer(let number): try check(unsafe sqlite3_bind_int64(raw, place, number))
        case .real(let number): try check(unsafe sqlite3_bind_double(raw, place, number))
        case .text(var text) where !text.isEmpty:
            return try text.withUTF8 { buffer in
                let start = unsafe UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
                let size = UInt64(buffer.count)
                try check(unsafe sqlite3_bind_text64(raw, place, start, size, nil, UInt8(SQLITE_UTF8)))
                try run(values, boundTo: index + 1, body)
            }
        case .blob(let bytes) where !bytes.isEmpty:
            return try unsafe bytes.withUnsafeBytes { buffer in
                try check(unsafe sqlite3_bind_blob64(raw, place, buffer.baseAddress, UInt64(buffer.count), nil))
                try run(values, boundTo: index + 1, body)
            }
        // Where there are no bytes there may be no address, which would bind NULL.
        case .text: try check(unsafe sqlite3_bind_text(raw, place, "", 0, shim_sqlite_transient()))
        case .blob: try check(unsafe sqlite3_bind_zeroblob(raw, place, 0))
        }
        try run(values, boundTo: index + 1, body)
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code != SQLITE_OK else { return }
        let error = unsafe SQLiteError(.bind, code, on: connection, path: path)
        reset()
        throw error
    }

    /// Moves to the next row; false after the last one.
    private func next() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw unsafe SQLiteError(.step, code, on: connection, path: path)
        }
    }

    /// Makes the statement ready for the next use and forgets the bound values.
    private func reset() {
        unsafe sqlite3_reset(raw)
        unsafe sqlite3_clear_bindings(raw)
    }
}
