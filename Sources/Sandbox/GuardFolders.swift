internal import ProcessKit
internal import Synchronization

/// Empty folders that stand where a command must not make one, for as long as commands run there.
///
/// A name is kept from being used by a read-only mount on it, and a mount needs something to stand on.
enum GuardFolders {
    private static let users = Mutex<[String: Int]>([:])

    /// Makes the folder if nothing is there; pair each call that returns true with ``release(_:)``.
    static func hold(_ path: String) -> Bool {
        users.withLock { users in
            guard users[path] != nil || RealPath.makeFolder(path) else { return false }
            users[path, default: 0] += 1
            return true
        }
    }

    /// Removes the folder when its last user is done.
    static func release(_ path: String) {
        users.withLock { users in
            let left = (users[path] ?? 1) - 1
            users[path] = left == 0 ? nil : left
            if left == 0 {
                RealPath.removeEmptyFolder(path)
            }
        }
    }
}
