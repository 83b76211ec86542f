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

    /// Binds the values to the statement's parameters, from the first on.
    func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        for (offset, value) in values.enumerated() {
            let code = unsafe bind(value, at: Int32(offset) + 1)
            guard code == SQLITE_OK else { throw unsafe SQLiteError(.bind, code, on: connection, path: path) }
        }
    }

    @unsafe
    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(raw, index)
        case .integer(let number):
            return unsafe sqlite3_bind_int64(raw, index, number)
        case .real(let number):
            return unsafe sqlite3_bind_double(raw, index, number)
        case .text(var text):
            return text.withUTF8 { buffer in
                let start = unsafe UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
                let encoding = UInt8(SQLITE_UTF8)
                guard let start = unsafe start else { return unsafe sqlite3_bind_text(raw, index, "", 0, nil) }
                let size = UInt64(buffer.count)
                return unsafe sqlite3_bind_text64(raw, index, start, size, shim_sqlite_transient(), encoding)
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(raw, index, 0) }
            return unsafe bytes.withUnsafeBytes { buffer in
                unsafe sqlite3_bind_blob64(
                    raw,
                    index,
                    buffer.baseAddress,
                    UInt64(buffer.count),
                    shim_sqlite_transient()
                )
            }
        }
    }

    /// Moves to the next row; false after the last one.
    func next() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw unsafe SQLiteError(.step, code, on: connection, path: path)
        }
    }

    /// Makes the statement ready for the next use and forgets the bound values.
    func reset() {
        unsafe sqlite3_reset(raw)
        unsafe sqlite3_clear_bindings(raw)
    }

    /// The row that ``next()`` moved to.
    var row: Row { unsafe Row(statement: raw) }
}
