import ArchiveKit
import Core
import Foundation
import HashKit
import Snapshots
import TestSupport
import Testing

/// Snapshots with a repository that somebody has prepared, and whose hashes all fit.
@Suite("A hostile history", .tags(.medium), .temporaryDirectory)
struct HostileHistoryTests {
    let scene: Scene
    let record: SnapshotRecord

    private var ran: String { scene.path("ran") }

    /// Keeps a good repository, and unpacks the archive for changes.
    init() async throws {
        scene = try Scene()
        try scene.write(
            "tree/.gitmodules",
            "[submodule \"s\"]\n\tpath = s\n\turl = ext::touch% \(scene.path("ran"))\n"
        )
        try scene.write("tree/.gitattributes", "* filter=evil diff=evil\n")
        try run(["git", "init", "-q", "-b", "main"], in: scene.tree)
        try run(["git", "add", "-A"], in: scene.tree)
        try run(["git", "commit", "-q", "-m", "First"], in: scene.tree)
        let head = try run(["git", "rev-parse", "HEAD"], in: scene.tree).dropLast()
        try run(["git", "update-index", "--add", "--cacheinfo", "160000,\(head),s"], in: scene.tree)
        try run(["git", "commit", "-q", "-m", "Second"], in: scene.tree)
        try run(["git", "branch", "side", "HEAD~1"], in: scene.tree)
        record = try await scene.store.create(from: scene.tree, repository: true, title: "T")
        try FileManager.default.createDirectory(atPath: scene.path("evil"), withIntermediateDirectories: false)
        try run(["tar", "--zstd", "-xf", record.location, "-C", scene.path("evil")])
        try await scene.store.remove(record.id)
    }

    /// Packs the changed folder as an attacker would, with manifests and record to it, and returns the name.
    private func forge() throws -> String {
        let lists = try run(["python3", "-c", Self.packer, scene.path("evil/project"), scene.path("evil.tar")])
        let parts = lists.components(separatedBy: "====\n")
        let tar = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scene.path("evil.tar"))))
        let frame = try FrameCodec.compress(tar)
        var table = SeekTable()
        table.frames.append(SeekTable.Frame(compressed: frame.count, size: tar.count))
        let tree = Digest.sha256(of: parts[0])
        var forged = record
        forged.tree = tree
        forged.history = Digest.sha256(of: parts[1])
        forged.id = "\(tree.hex.prefix(16))-\(try #require(record.head).prefix(8))"
        try scene.write("store/\(forged.id)/manifest", parts[0])
        try scene.write("store/\(forged.id)/history", parts[1])
        try scene.write(
            "store/\(forged.id)/record.json",
            String(decoding: try JSON.encode(forged, pretty: true), as: UTF8.self)
        )
        let file = URL(fileURLWithPath: scene.path("store/\(forged.id)/\(forged.id).tar.zst"))
        try Data(frame + table.encoded()).write(to: file)
        return forged.id
    }

    private static let packer = #"""
        import hashlib, io, os, sys, tarfile
        root, out = sys.argv[1:]
        def walk(base, prefix, keep):
            found = []
            for folder, folders, files in os.walk(base):
                folders[:] = [f for f in folders if not os.path.islink(os.path.join(folder, f)) and keep(f)]
                for name in os.listdir(folder):
                    path = os.path.join(folder, name)
                    rel = os.path.relpath(path, base)
                    if not os.path.islink(path) and os.path.isdir(path):
                        if prefix and rel in ('objects', 'refs'): found.append((rel, path, '040000'))
                    elif keep(name) or os.path.islink(path) or os.path.isfile(path) and name == '.git':
                        kind = '120000' if os.path.islink(path) else '100755' if os.stat(path).st_mode & 64 else '100644'
                        found.append((rel, path, kind))
            return sorted(found, key=lambda item: os.fsencode(item[0]))
        def escaped(path):
            return ''.join('\\x%02x' % ord(c) if ord(c) < 32 or c in '\\\x7f' else c for c in path)
        t = tarfile.open(out, 'w', format=tarfile.PAX_FORMAT)
        def pack(found, prefix):
            lines = ['drydock manifest 1\n']
            for rel, path, kind in found:
                i = tarfile.TarInfo('project/' + prefix + rel)
                data = b''
                if kind == '120000':
                    data = os.fsencode(os.readlink(path)); i.type = tarfile.SYMTYPE; i.mode = 0o777; i.linkname = os.readlink(path)
                elif kind == '040000': i.type = tarfile.DIRTYPE; i.mode = 0o755
                else: data = open(path, 'rb').read(); i.mode = 0o755 if kind == '100755' else 0o644; i.size = len(data)
                t.addfile(i, io.BytesIO(data) if i.isreg() else None)
                lines.append('%s %d %s %s\n' % (kind, len(data), hashlib.sha256(data).hexdigest(), escaped(rel)))
            return ''.join(lines)
        git = os.path.join(root, '.git')
        hasFolder = os.path.isdir(git) and not os.path.islink(git)
        tree = pack(walk(root, '', lambda name: name != '.git'), '')
        history = pack(walk(git, '.git/', lambda name: True) if hasFolder else [], '.git/')
        t.close()
        sys.stdout.write(tree + '====\n' + history)
        """#

    private func change(_ lines: String) throws {
        try run(["sh", "-ec", lines], in: scene.path("evil/project"))
    }

    /// What git does with a restored tree in a person's hands; none of it may start anything.
    private func useGit() throws -> String {
        let back = scene.path("back")
        let status = try run(["git", "status", "--porcelain"], in: back)
        for words in [
            ["diff"], ["log", "-p"], ["submodule", "status"], ["stash", "list"], ["checkout", "-q", "side"],
        ] {
            try run(["git"] + words, in: back, expecting: nil)
        }
        #expect(!FileManager.default.fileExists(atPath: ran))
        return status
    }

    @Test("is given back when nothing is wrong with it, submodules and all")
    func control() async throws {
        try await scene.store.restore(try forge(), to: scene.path("back"))
        #expect(try run(["git", "diff-files", "--name-only"], in: scene.path("back")).isEmpty)
        #expect(try useGit().isEmpty)
    }

    @Test(
        "is refused, whole, when git would take more from it than commits",
        arguments: [
            ("git config core.fsmonitor 'touch $RAN'", "'config'"),
            ("git config core.sshCommand 'touch $RAN'", "'config'"),
            ("git config filter.evil.clean 'touch $RAN'", "'config'"),
            ("git config diff.evil.command 'touch $RAN'", "'config'"),
            ("printf '[core]\\n\\tfsmonitor = touch $RAN\\n' > .git/config.worktree", "'config.worktree'"),
            ("mkdir .git/hooks; echo 'touch $RAN' > .git/hooks/post-checkout; chmod 755 .git/hooks/*", "post-checkout"),
            ("mkdir .git/objects/info; echo /tmp > .git/objects/info/alternates", "alternates"),
            ("echo '* filter=evil' > .git/info/attributes", "'info/attributes'"),
            ("echo x > .git/info/sparse-checkout", "sparse-checkout"), ("echo x > .git/info/grafts", "grafts"),
            ("echo .. > .git/commondir", "commondir"), ("echo /x/.git > .git/gitdir", "gitdir"),
            ("mkdir -p .git/worktrees/w; echo /x > .git/worktrees/w/gitdir", "worktrees"),
            ("mkdir -p .git/modules/s; git config -f .git/modules/s/config core.fsmonitor 'touch $RAN'", "modules"),
            ("mkdir -p .git/refs/heads; cp .git/HEAD .git/refs/heads/main", "refs/heads/main"),
            ("mv .git/HEAD .git/real; ln -s real .git/HEAD", "'HEAD'"), ("chmod 755 .git/HEAD", "'HEAD'"),
            ("mv .git ../away; ln -s ../away .git", "git folder '.git'"),
            ("mv .git ../away; echo 'gitdir: /x' > .git", "git folder"),
            ("rm .git/HEAD", ".git"), ("rm .git/packed-refs", ".git"), ("rm .git/info/attributes", "info/attributes"),
        ]
    )
    func settings(lines: String, word: String) async throws {
        try change(lines.replacing("$RAN", with: ran))
        try await expectRefusal(word)
    }

    @Test(
        "is refused when its references are not what a snapshot writes",
        arguments: [
            "echo 'ref: refs/heads/../../x' > .git/HEAD", "echo 'ref: refs/remotes/x' > .git/HEAD",
            "echo HEAD > .git/HEAD",
            "echo 'ref: refs/heads/side' > .git/HEAD", "id=$(git rev-parse HEAD~1); echo $id > .git/HEAD",
            "echo >> .git/HEAD",
            "echo \"$(git rev-parse HEAD) refs/heads/../../x\" >> .git/packed-refs",
            "echo \"$(git rev-parse HEAD) refs/replace/$(git rev-parse HEAD~1)\" >> .git/packed-refs",
            "echo \"$(git rev-parse HEAD) refs/stash\" >> .git/packed-refs", "echo '# pack-refs' >> .git/packed-refs",
            "echo \"^$(git rev-parse HEAD)\" >> .git/packed-refs", "echo x > .git/shallow",
            "git rev-parse HEAD HEAD > .git/shallow",
            "printf '%040d refs/heads/none\\n' 1 >> .git/packed-refs",
        ]
    )
    func references(lines: String) async throws {
        try change(lines)
        try await expectRefusal(".git")
    }

    @Test(
        "is refused when an object is damaged, missing, not asked for or has another content than its name says",
        arguments: [
            ("$PLAIN=b'blob 6\\0jello\\n'", "mismatch"), ("$PLAIN=b'blob 5\\0hello\\n'", "object"),
            ("$PLAIN=b'blob 6000000\\0hello\\n'", "object"), ("$PLAIN=None", "object"),
            ("rm .git/$FILE", "object"),
            ("mkdir -p .git/objects/00; cp .git/$FILE .git/objects/00/$(printf %038d 0)", "belongs to no"),
            ("echo other | git hash-object -w --stdin", "belongs to no"),
        ]
    )
    func objects(lines: String, word: String) async throws {
        let id = try run(["git", "rev-parse", "HEAD:plain.txt"], in: scene.path("evil/project")).dropLast()
        let file = "objects/\(id.prefix(2))/\(id.dropFirst(2))"
        if lines.hasPrefix("$PLAIN=") {
            let script = """
                import sys, zlib
                plain = \(lines.dropFirst("$PLAIN=".count))
                open(sys.argv[1], 'wb').write(zlib.compress(plain) if plain else b'x')
                """
            try change("chmod u+w .git/\(file)")
            try run(["python3", "-c", script, scene.path("evil/project/.git/\(file)")])
        } else {
            try change(lines.replacing("$FILE", with: file))
        }
        try await expectRefusal(word)
    }

    @Test("is refused when a byte of a pack is wrong")
    func packs() async throws {
        try change(
            "git repack -adq; rm -rf .git/objects/info .git/info/refs .git/objects/pack/*.rev; chmod u+w .git/objects/pack/*"
        )
        try await scene.store.restore(try forge(), to: scene.path("good"))
        let script = """
            import glob
            path = glob.glob('.git/objects/pack/*.pack')[0]
            data = bytearray(open(path, 'rb').read()); data[len(data) // 2] ^= 16; open(path, 'wb').write(data)
            """
        try run(["python3", "-c", script], in: scene.path("evil/project"))
        try await expectRefusal(".git")
    }

    @Test("cannot hide a change of the tree by its index", arguments: ["--assume-unchanged", "--skip-worktree"])
    func index(flag: String) async throws {
        try change("git update-index \(flag) plain.txt; echo jello > plain.txt")
        #expect(try run(["git", "status", "--porcelain"], in: scene.path("evil/project")) == " D s\n")
        try await scene.store.restore(try forge(), to: scene.path("back"))
        #expect(try useGit() == " M plain.txt\n")
    }

    @Test("is given back with an index that was never one", arguments: ["echo x > .git/index", "rm .git/index"])
    func noIndex(lines: String) async throws {
        try change(lines)
        try await scene.store.restore(try forge(), to: scene.path("back"))
        #expect(try useGit().isEmpty)
    }

    private func expectRefusal(_ word: String) async throws {
        let id = try forge()
        let error = await #expect(throws: SnapshotError.self) {
            try await scene.store.restore(id, to: scene.path("target/inner"))
        }
        #expect(error?.kind == .damaged)
        #expect(error?.description.contains(word) ?? false, "\(error?.description ?? "")")
        #expect(error?.description.contains(id) ?? false)
        #expect((FileManager.default.subpaths(atPath: scene.path("target")) ?? []).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: ran))
    }
}
