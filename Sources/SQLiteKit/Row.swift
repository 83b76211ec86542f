internal import CSQLite

/// A row of a result, valid only inside the closure that gets it; columns count from 0.
@safe
package struct Row: ~Copyable {
    private let statement: OpaquePointer

    @unsafe
    init(statement: OpaquePointer) {
        unsafe self.statement = statement
    }

    /// The number of columns.
    package var count: Int { Int(unsafe sqlite3_column_count(statement)) }

    package func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    /// The column as a number; 0 when it is none.
    package func integer(_ column: Int) -> Int64 {
        unsafe sqlite3_column_int64(statement, Int32(column))
    }

    /// The column as text, or `nil` for `NULL`; bytes that are not UTF-8 become replacement characters.
    package func text(_ column: Int) -> String? {
        guard let start = unsafe sqlite3_column_text(statement, Int32(column)) else { return nil }
        let size = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
        let buffer = unsafe UnsafeBufferPointer(start: start, count: size)
        return unsafe String(decoding: buffer, as: UTF8.self)
    }

    /// The column as bytes, or `nil` for `NULL`.
    package func bytes(_ column: Int) -> [UInt8]? {
        guard !isNull(column) else { return nil }
        let start = unsafe sqlite3_column_blob(statement, Int32(column))
        let size = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: size))
    }

    /// The column in the type that it was stored with.
    package func value(_ column: Int) -> SQLiteValue {
        switch unsafe sqlite3_column_type(statement, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(unsafe sqlite3_column_double(statement, Int32(column)))
        case SQLITE_TEXT: .text(text(column) ?? "")
        case SQLITE_BLOB: .blob(bytes(column) ?? [])
        default: .null
        }
    }
}
