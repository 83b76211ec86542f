internal import Core
internal import HashKit
internal import ProcessKit

/// What commands see of the machine's /etc, as it is now.
package struct SystemFileList: Sendable {
    /// One thing in the folder.
    enum Entry: Sendable {
        case folder
        case link(String)
        case text([UInt8])
        /// A copy of a file with this status.
        case copy(String, FileStamp)
        /// An empty folder, on which the real one is mounted.
        case mountPoint(String)
    }

    /// What all copied folders may hold together; one that is larger is mounted.
    static let byteLimit = 32 << 20
    private static let depthLimit = 16

    /// The entries by their paths below /etc, each folder before what is in it.
    private(set) var entries: [(name: String, entry: Entry)] = []
    private var names: Set<String> = []
    /// The folders that are visible whole, as paths below /etc.
    private(set) var folders: [String] = []
    private let source: String
    private var room: Int

    /// - Parameters:
    ///   - network: Whether the machine's name servers and names belong to it.
    ///   - source: The folder that stands for /etc.
    ///   - entryLimit: How many entries may be copied altogether.
    package init(network: Bool, source: String = "/etc", entryLimit: Int = 20_000) {
        self.source = source
        room = entryLimit
        addTexts(network: network)
        let more = network ? ["hosts", "resolv.conf", "gai.conf", "host.conf"] : []
        let libraries = FolderListing.names(source + "/ld.so.conf.d").sorted().map { "ld.so.conf.d/" + $0 }
        for name in Self.files + libraries + more {
            addFile(name)
        }
        let versioned = FolderListing.names(source).sorted().filter { name in
            Self.versionedFolders.contains { name.hasPrefix($0) }
        }
        for name in Self.systemFolders + versioned {
            addFolder(name)
        }
    }

    /// Small files that programs look for.
    private static let files = [
        "ld.so.cache", "ld.so.conf", "ssl/openssl.cnf", "localtime", "timezone", "mime.types", "protocols", "services",
        "os-release", "debian_version",
    ]
    private static let systemFolders = ["alternatives", "ssl/certs", "pki/tls/certs", "maven"]
    /// Debian keeps the configuration of these in folders with a version in their name.
    private static let versionedFolders = ["java-", "python3."]

    /// The hash of all that the folder holds, of this boot and of this layout's version.
    var key: String {
        var hash = SHA256()
        hash.update("1 \(SmallFile.text("/proc/sys/kernel/random/boot_id") ?? "")")
        for (name, entry) in entries {
            hash.update("\0\(name)\0\(entry.summary)\0")
            if case .text(let bytes) = entry { hash.update(bytes) }
        }
        return String(hash.finalize().hex.prefix(32))
    }

    var mounted: [(real: String, path: String)] {
        entries.compactMap { name, entry in
            if case .mountPoint(let real) = entry { (real, "/etc/" + name) } else { nil }
        }
    }

    /// The users, how names are found, and what a sandbox without a network knows of others.
    private mutating func addTexts(network: Bool) {
        let user = SandboxEnvironment.userName
        // Where the home is differs from site to site.
        add("passwd", .link("..\(SandboxSetup.passwordFile)"))
        add("group", .text(Array("\(user):x:\(BubblewrapRunner.insideUser):\n".utf8)))
        let resolver = "passwd: files\ngroup: files\nhosts: files\(network ? " dns" : "")\n"
        add("nsswitch.conf", .text(Array(resolver.utf8)))
        if !network || FileKind.of(source + "/hosts") == nil {
            add("hosts", .text(Array("127.0.0.1 localhost drydock\n::1 localhost\n".utf8)))
        }
    }

    private mutating func add(_ name: String, _ entry: Entry) {
        if let slash = name.lastIndex(of: "/"), !names.contains(String(name[..<slash])) {
            add(String(name[..<slash]), .folder)
        }
        guard names.insert(name).inserted else { return }
        entries.append((name, entry))
    }

    /// A file's bytes, or a link when the file is one to what is visible anyway: a time zone has its name from that.
    private mutating func addFile(_ name: String) {
        let path = source + "/" + name
        if let target = Self.visibleTarget(of: path) {
            add(name, .link(target))
        } else if let bytes = SmallFile.bytes(path) {
            add(name, .text(bytes))
        }
    }

    private mutating func addFolder(_ name: String) {
        let path = source + "/" + name
        guard let real = RealPath.of(path), FileKind.of(real) == .folder else { return }
        if let target = Self.visibleTarget(of: path) {
            add(name, .link(target))
            return
        }
        folders.append("/etc/" + name)
        var found: [(name: String, entry: Entry)] = []
        var bytes = 0
        if Self.walk(real, as: name, depth: 0, &found, &bytes, room), bytes <= Self.byteLimit {
            room -= found.count
            add(name, .folder)
            for (name, entry) in found {
                add(name, entry)
            }
        } else {
            add(name, .mountPoint(real))
        }
    }

    private static func visibleTarget(of path: String) -> String? {
        guard FileKind.of(path) == .link, let real = RealPath.of(path), real.isPath(atOrBelow: "/usr") else {
            return nil
        }
        return real
    }

    /// Collects what lies in a folder, links as they are; says whether all of it was collected.
    private static func walk(
        _ folder: String,
        as name: String,
        depth: Int,
        _ found: inout [(name: String, entry: Entry)],
        _ bytes: inout Int,
        _ limit: Int
    ) -> Bool {
        guard depth < depthLimit else { return false }
        for child in FolderListing.names(folder).sorted() {
            let path = folder + "/" + child
            guard found.count < limit else { return false }
            guard let stamp = FileStamp(of: path, followingLink: false) else { continue }
            let inside = name + "/" + child
            switch stamp.kind {
            case .file:
                bytes += stamp.size
                found.append((inside, .copy(path, stamp)))
            case .link:
                RealPath.link(path).map { found.append((inside, .link($0))) }
            case .folder:
                found.append((inside, .folder))
                guard walk(path, as: inside, depth: depth + 1, &found, &bytes, limit) else { return false }
            case .other: continue
            }
        }
        return true
    }
}

extension SystemFileList.Entry {
    /// What tells this entry from another; a text's bytes count besides.
    fileprivate var summary: String {
        switch self {
        case .folder: "folder"
        case .link(let target): "link \(target)"
        case .text(let bytes): "text \(bytes.count)"
        case .copy(let path, let stamp): "copy \(path) \(stamp.size) \(stamp.modified) \(stamp.inode) \(stamp.mode)"
        case .mountPoint(let real): "mount \(real)"
        }
    }
}
