internal import Glibc

/// Runs `body` with names counted as UTF-8 on this thread, whatever locale the process has.
///
/// libarchive converts names by the locale of the thread that calls it.
func withUTF8Names<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let previous = unsafe uselocale(UTF8Locale.shared.handle)
    defer { unsafe uselocale(previous) }
    return try body()
}

/// The locale `C.UTF-8`, which the C library has built in; made once and never freed.
///
/// Sharing it is safe because nothing changes a locale after it has been made.
@safe
private struct UTF8Locale: @unchecked Sendable {
    static let shared = UTF8Locale()
    let handle: locale_t?

    private init() {
        unsafe handle = newlocale(1 << Int32(LC_CTYPE), "C.UTF-8", nil)
    }
}
