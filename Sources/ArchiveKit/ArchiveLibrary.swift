internal import CArchive

/// The functions of libarchive, to be called behind ``ArchiveLibrary/prepare()``.
let libarchive = ArchiveLibrary.opened.functions

extension ArchiveReader {
    /// Whether libarchive can be used here.
    ///
    /// - Throws: ``ArchiveError/noLibrary(_:)`` when not.
    package static func checkLibrary() throws(ArchiveError) { try ArchiveLibrary.prepare() }
}

/// The library itself, opened with its first use.
enum ArchiveLibrary {
    /// - Throws: ``ArchiveError/noLibrary(_:)``, each time.
    static func prepare() throws(ArchiveError) {
        if let problem = opened.problem { throw .noLibrary(problem) }
    }

    fileprivate static let opened: (functions: shim_archive, problem: String?) = {
        var functions = shim_archive()
        let missing = unsafe shim_load_archive(&functions)
        return (functions, unsafe missing.map { unsafe String(cString: $0) })
    }()
}
