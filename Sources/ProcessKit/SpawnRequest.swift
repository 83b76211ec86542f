internal import Glibc

/// Everything that one child is started with.
package struct SpawnRequest: Sendable {
    /// The program's absolute path.
    package var program: String
    /// The argument vector, the program's own name first.
    package var argv: [String]
    /// The child's whole environment.
    package var environment: [String: String]
    /// The folder to start in; `nil` keeps ours.
    package var directory: String?
    /// The group that the child is born in, where groups allow that: ``ChildHandle/isInGroup``.
    package var group: ControlGroup?

    package init(
        program: String,
        argv: [String],
        environment: [String: String],
        directory: String? = nil,
        group: ControlGroup? = nil
    ) {
        self.program = program
        self.argv = argv
        self.environment = environment
        self.directory = directory
        self.group = group
    }

    func validate() throws(ProcessError) {
        guard !argv.isEmpty else { throw .malformed("") }
        for text in argv + [program] where text.utf8.contains(0) {
            throw .malformed(text)
        }
        for (name, value) in environment where name.isEmpty || (name + value).utf8.contains(0) || name.contains("=") {
            throw .malformed(name)
        }
        if let directory, unsafe access(directory, F_OK) != 0 {
            throw .directoryMissing(directory)
        }
    }
}

/// Where programs are.
package enum ExecutableSearch {
    /// The folders of a Debian system, for when there is no `PATH`.
    package static let usualFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"]

    /// The absolute path of an executable file, else `nil`.
    ///
    /// A name with a slash in it is taken as it is. Relative folders on `path` are passed over.
    package static func find(_ name: String, path: String?) -> String? {
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        guard !name.contains("/") else { return isExecutableFile(name) ? name : nil }
        let folders = path.map { $0.split(separator: ":").map(String.init) } ?? usualFolders
        return folders.lazy.filter { $0.hasPrefix("/") }.map { $0 + "/" + name }.first(where: isExecutableFile)
    }

    private static func isExecutableFile(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe access(path, X_OK) == 0
    }
}
