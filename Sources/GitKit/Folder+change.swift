internal import Glibc

extension Folder {
    /// Writes a file in place of whatever has this name, a folder excepted, with mode 644 or 755.
    ///
    /// The old entry is unlinked and never written through: it may be a link, or have other names.
    func write(_ bytes: [UInt8], executable: Bool, to name: Name) throws(TreeError) {
        try removeEntry(name)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let mode: mode_t = executable ? 0o755 : 0o644
        let file = unsafe name.withCName { unsafe openat(descriptor, $0, flags, mode) }
        guard file >= 0 else { throw .last("create", name) }
        defer { close(file) }
        guard fchmod(file, mode) == 0 else { throw .last("set the mode of", name) }
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .last("write", name) }
            offset += written
        }
    }

    /// Makes a symbolic link in place of whatever has this name, a folder excepted.
    func writeLink(to target: [UInt8], named name: Name) throws(TreeError) {
        try removeEntry(name)
        let result = unsafe target.withCName { target in
            unsafe name.withCName { unsafe symlinkat(target, descriptor, $0) }
        }
        guard result == 0 else { throw .last("create the link", name) }
    }

    /// Removes a file, a link or a special file; none there is well.
    func removeEntry(_ name: Name) throws(TreeError) {
        let result = unsafe name.withCName { unsafe unlinkat(descriptor, $0, 0) }
        guard result != 0 else { return }
        if errno == EISDIR { throw .notAFile(path: TreeError.escaped(name)) }
        guard errno == ENOENT || errno == ENOTDIR else { throw .last("remove", name) }
    }

    /// Removes a folder if it is empty, and says whether it is gone.
    @discardableResult
    func removeEmptyFolder(_ name: Name) -> Bool {
        unsafe name.withCName { unsafe unlinkat(descriptor, $0, AT_REMOVEDIR) } == 0
    }

    /// Gives a file or folder plain permissions, even one that may not be opened.
    func setPermissions(_ permissions: UInt32, of name: Name) throws(TreeError) {
        let handle = unsafe name.withCName { unsafe openat(descriptor, $0, Self.pathOnly | O_NOFOLLOW | O_CLOEXEC) }
        guard handle >= 0 else { throw .last("set the mode of", name) }
        defer { close(handle) }
        var info = stat()
        guard unsafe fstat(handle, &info) == 0, FileStatus(info).kind != .link else { return }
        // A handle of this kind takes no fchmod; the kernel's name for it leads to the same file.
        guard unsafe chmod("/proc/self/fd/\(handle)", permissions) == 0 else { throw .last("set the mode of", name) }
    }

    /// Removes an entry with all that is in it, at any depth, with few open descriptors.
    func removeTree(_ name: Name) throws(TreeError) {
        guard try status(name)?.kind == .folder else { return try removeEntry(name) }
        try empty(name, level: 0)
        guard removeEmptyFolder(name) else { throw .last("remove", name) }
    }

    /// Empties a folder; folders far below are first moved up, because each level holds a descriptor.
    private func empty(_ name: Name, level: Int) throws(TreeError) {
        try setOwnerPermissions(of: name)
        let folder = try subfolder(name)
        for entry in try folder.names() {
            guard try folder.status(entry)?.kind == .folder else {
                try folder.removeEntry(entry)
                continue
            }
            if level < Self.removalDepth {
                try folder.empty(entry, level: level + 1)
                guard folder.removeEmptyFolder(entry) else { throw .last("remove", entry) }
            } else {
                try emptyMoved(entry, from: folder)
            }
        }
    }

    private static var removalDepth: Int { 64 }

    /// `O_PATH`, which glibc hides behind a feature macro.
    private static var pathOnly: Int32 { 0o10000000 }

    /// Empties a deep folder piece by piece: its children change places with it until none is left.
    private func emptyMoved(_ entry: Name, from folder: borrowing Folder) throws(TreeError) {
        var queue: [Name] = []
        func adopt(_ child: Name, of parent: borrowing Folder) throws(TreeError) {
            let place = Name(".removing-\(UInt64.random(in: .min ... .max))".utf8)
            let moved = unsafe child.withCName { from in
                unsafe place.withCName { unsafe renameat(parent.descriptor, from, folder.descriptor, $0) }
            }
            guard moved == 0 else { throw .last("remove", child) }
            queue.append(place)
        }
        try adopt(entry, of: folder)
        while let place = queue.popLast() {
            try folder.setOwnerPermissions(of: place)
            let open = try folder.subfolder(place)
            for child in try open.names() {
                if try open.status(child)?.kind == .folder {
                    try open.setOwnerPermissions(of: child)
                    try adopt(child, of: open)
                } else {
                    try open.removeEntry(child)
                }
            }
            guard folder.removeEmptyFolder(place) else { throw .last("remove", place) }
        }
    }

    private func setOwnerPermissions(of name: Name) throws(TreeError) {
        guard let status = try status(name), status.kind == .folder, status.permissions & 0o700 != 0o700 else { return }
        try setPermissions(status.permissions | 0o700, of: name)
    }
}
