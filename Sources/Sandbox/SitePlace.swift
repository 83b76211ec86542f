internal import Core
internal import ProcessKit

/// A build site with every path resolved, and with something to mount on where nothing may be made.
struct SitePlace {
    /// Folders at the top of a project that commands must not write or make.
    static let protectedNames = [".git", ".drydock"]

    let tree: String
    let home: String
    let toolchain: Toolchain
    let access: CommandAccess?
    let isOffline: Bool
    /// Real paths that become read-only.
    let protected: [String]
    private let held: [String]

    var writable: [String] { [tree, home] }
    var site: BuildSite {
        BuildSite(
            tree: tree,
            protectedPaths: protected,
            home: home,
            toolchain: toolchain,
            access: access,
            isOffline: isOffline
        )
    }

    init(_ site: BuildSite) throws(SandboxError) {
        guard let tree = RealPath.of(site.tree), FileKind.of(tree) == .folder else {
            throw .siteMissing(path: site.tree)
        }
        _ = RealPath.makeFolder(site.home)
        guard let home = RealPath.of(site.home), FileKind.of(home) == .folder else {
            throw .siteMissing(path: site.home)
        }
        self.tree = tree
        self.home = home
        toolchain = site.toolchain
        access = site.access
        isOffline = site.isOffline
        let own = Self.protectedNames.map { tree + "/" + $0 }
        let ready = Set(own)
        var protected: [String] = []
        var held: [String] = []
        do throws(SandboxError) {
            for path in own + site.protectedPaths where !protected.contains(path) {
                let resolved = ready.contains(path) ? path : Self.resolvingParent(path)
                if GuardFolders.hold(resolved) { held.append(resolved) }
                switch FileKind.of(resolved) {
                case .folder, .file: protected.append(resolved)
                case .link, .other: throw .notAFolder(path: resolved)
                case nil: continue
                }
            }
        } catch {
            for path in held { GuardFolders.release(path) }
            throw error
        }
        self.protected = protected.reduce(into: []) { list, path in
            if !list.contains(path) { list.append(path) }
        }
        self.held = held
    }

    /// The path with its folder's symbolic links resolved; what it names itself is not followed.
    private static func resolvingParent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), let parent = RealPath.of(String(path[..<slash])) else { return path }
        return (parent == "/" ? "" : parent) + path[slash...]
    }

    func release() {
        for path in held { GuardFolders.release(path) }
    }

    /// The folder that a command starts in, by its path on this machine; `nil` when it is not there.
    func folder(of command: Command) -> String? {
        guard command.directory != .root else { return tree }
        let path = command.directory.absolute(below: tree)
        guard let real = RealPath.of(path), FileKind.of(real) == .folder, real.isPath(atOrBelow: tree) else {
            return nil
        }
        return real
    }
}
