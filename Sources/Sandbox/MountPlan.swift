internal import ProcessKit

/// What is visible in a sandbox, as bubblewrap's arguments.
///
/// Every place that something is mounted on is free of symbolic links: bubblewrap cannot mount over one, and a link
/// in a hostile project could lead elsewhere. Links that lead to visible places are made anew.
struct MountPlan {
    /// The folders of programs and libraries at the top, with their targets where they are links; they do not change.
    private static let rootPlaces: [(path: String, target: String?)] = [
        "bin", "sbin", "lib", "lib32", "lib64", "libx32",
    ]
    .compactMap { name in
        let path = "/" + name
        return switch FileKind.of(path) {
        case .link: RealPath.link(path).map { (path, $0) }
        case .folder: (path, nil)
        default: nil
        }
    }
    /// What tools keep passwords in, when their whole folder is made visible.
    private static let credentialFiles = ["credentials", "credentials.toml", ".npmrc", "settings.xml", "auth.json"]

    private(set) var arguments: [String] = []
    private var visible: [String] = []
    private var links: Set<String> = []
    private let hidden: HiddenFolders

    init(hidden: HiddenFolders) {
        self.hidden = hidden
    }

    /// A fresh /proc in which nothing can be set.
    ///
    /// It comes first: for each of its parts that it covers bubblewrap reads the table of mounts, which grows.
    mutating func addProcesses() {
        arguments += ["--proc", "/proc", "--remount-ro", "/proc"]
    }

    /// The system's programs and libraries, and the prepared /etc, all read-only.
    mutating func addSystem(_ files: SystemFiles) {
        bind("/usr", writable: false)
        for (path, target) in Self.rootPlaces {
            if let target {
                links.insert(path)
                arguments += ["--symlink", target, path]
            } else {
                bind(path, writable: false)
            }
        }
        for (real, path) in [(files.folder, "/etc")] + files.mounted {
            arguments += ["--ro-bind", real, path]
        }
        // A tool's folder that is one of these is shown whole: everybody may read it.
        visible += files.folders
    }

    /// A small /dev, and memory file systems of limited size for temporary files.
    mutating func addPrivate(temporaryBytes: Int) {
        arguments += ["--dev", "/dev", "--remount-ro", "/dev"]
        for path in ["/dev/shm", "/tmp"] {
            arguments += ["--size", "\(temporaryBytes)", "--perms", "1777", "--tmpfs", path]
        }
        arguments += ["--dir", "/run", "--symlink", "../tmp", "/var/tmp"]
    }

    /// The Nix store, never what lies beside it.
    mutating func addStore() {
        guard FileKind.of("/nix/store") == .folder else { return }
        bind("/nix/store", writable: false)
    }

    /// A tool's folder or file, read-only, with the links on the way to it.
    mutating func addTool(_ path: String) throws(SandboxError) {
        guard let real = RealPath.of(path) else { return }
        try hidden.check(real)
        if !isVisible(real) {
            bind(real, writable: false)
            for name in Self.credentialFiles where FileKind.of(real + "/" + name) == .file {
                arguments += ["--ro-bind", "/dev/null", real + "/" + name]
            }
        }
        addLinks(onTheWayTo: path)
    }

    /// The project, the home and the protected folders; what lies in another comes after it.
    mutating func addSite(tree: String, home: String, protected: [String]) throws(SandboxError) {
        let places = [(tree, true), (home, true)] + protected.map { ($0, false) }
        for (path, writable) in places.sorted(by: { $0.0.utf8.count < $1.0.utf8.count }) {
            if path == tree || path == home {
                try hidden.check(path)
            }
            bind(path, writable: writable)
        }
    }

    /// A file of the user, at its place below the private home; none there is passed over.
    mutating func addHomeFile(_ file: CommandAccess.HomeFile, home: String) throws(SandboxError) {
        guard let real = file.real else { return }
        guard file.isInside else { throw .notAFolder(path: home + "/" + file.place) }
        try hidden.check(real)
        try file.makeFolders(in: home)
        arguments += [file.isWritable ? "--bind" : "--ro-bind", real, home + "/" + file.place]
    }

    /// Empties, for a command with a network, the files and folders in which tools look for programs to run.
    ///
    /// With a line in one of them a project could make the tool that fetches its packages run the project's own code:
    /// another compiler, another git, a helper for passwords. `folders` are those of the project from the command's up
    /// to the top.
    ///
    /// - Throws: ``SandboxError/notAFolder(path:)`` when one is a symbolic link, which nothing can be mounted on.
    mutating func hideSettings(in folders: [String], home: String) throws(SandboxError) {
        let ofProject = folders.flatMap { folder in Self.projectSettings.map { folder + "/" + $0 } }
        for path in ofProject + Self.homeSettings.map({ home + "/" + $0 }) {
            switch FileKind.of(path) {
            case .file: arguments += ["--ro-bind", "/dev/null", path]
            case .folder: arguments += ["--perms", "0555", "--tmpfs", path, "--remount-ro", path]
            case .link, .other: throw .notAFolder(path: path)
            case nil: continue
            }
        }
    }

    private static let projectSettings = [
        ".cargo", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", ".mvn", "pip.conf",
    ]
    private static let homeSettings = [
        ".config", ".npmrc", ".yarnrc", ".yarnrc.yml", ".gitconfig", ".ssh", ".netrc", ".pip",
        ".cargo/config", ".cargo/config.toml", ".cargo/credentials", ".cargo/credentials.toml",
    ]

    /// Nothing can be made or written any more but where it was said.
    mutating func seal() {
        arguments += ["--remount-ro", "/"]
    }

    private func isVisible(_ real: String) -> Bool {
        visible.contains { real.isPath(atOrBelow: $0) }
    }

    private mutating func bind(_ real: String, writable: Bool) {
        arguments += [writable ? "--bind" : "--ro-bind", real, real]
        visible.append(real)
    }

    private mutating func addLink(_ path: String) {
        guard let target = RealPath.link(path), links.insert(path).inserted else { return }
        arguments += ["--symlink", target, path]
    }

    /// Makes the symbolic links anew through which `path` leads, as far as no visible folder holds them.
    private mutating func addLinks(onTheWayTo path: String) {
        var done = ""
        for part in path.split(separator: "/") {
            let next = done + "/" + part
            if FileKind.of(next) == .link, !isVisible(done.isEmpty ? "/" : done) {
                addLink(next)
            }
            done = RealPath.of(next) ?? next
        }
    }
}
