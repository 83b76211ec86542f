internal import Glibc

/// A lock on a file that other processes, and other holders in this one, respect; released when the value goes away.
package struct FileLock: ~Copyable, Sendable {
    private let file: Descriptor

    private init(file: consuming Descriptor) {
        self.file = file
    }

    /// Takes the lock at once, or returns `nil` when somebody else holds it.
    ///
    /// The file is created, readable by its owner alone, and stays. A process that dies lets go of its locks.
    package static func tryLock(_ path: String) throws(ProcessError) -> FileLock? {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw .refused("open the lock '\(path)'", code: errno) }
        let file = Descriptor(adopting: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .refused("lock '\(path)'", code: errno) }
            return nil
        }
        return FileLock(file: file)
    }
}
