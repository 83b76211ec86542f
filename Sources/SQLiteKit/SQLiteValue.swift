/// A value of a bound parameter or of a column.
package enum SQLiteValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLiteValue {
    /// The text, or `NULL` for none.
    package init(_ text: String?) {
        self = text.map(SQLiteValue.text) ?? .null
    }

    /// The bytes, or `NULL` for none.
    package init(_ bytes: [UInt8]?) {
        self = bytes.map(SQLiteValue.blob) ?? .null
    }
}
