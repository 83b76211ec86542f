internal import Core
internal import FoundationEssentials
internal import Snapshots

/// Snapshot, second snapshot and restore of two trees, beside the programs that people use for it.
///
/// Ours is the whole call each time: listing, hashing, compressing, waiting for the disk, reading everything back and
/// comparing it. Of the peers only those do the like whose names say so.
enum SnapshotBench {
    static func run(_ place: BenchPlace) async throws -> [Figure] {
        guard Measuring.exists("tar"), Measuring.exists("zstd") else { return [] }
        try await showVersions()
        var figures: [Figure] = []
        for (title, files, size, rounds) in [("1,500 files", 1_500, 11_300, 7), ("15,000 files", 15_000, 18_000, 3)] {
            let tree = place.folder + "/tree"
            try await Measuring.shell("rm -rf \(tree)")
            try SampleTree.make(at: tree, files: files, averageSize: size)
            figures += try await TreeBench(title: title, tree: tree, root: place.folder, rounds: rounds).run()
        }
        return figures
    }

    private static func showVersions() async throws {
        let calls = [("tar", "--version"), ("zstd", "--version"), ("nix-store", "--version"), ("restic", "version")]
        for (program, option) in calls + [("borg", "--version")] where Measuring.exists(program) {
            print("  " + (try await Measuring.output(of: "\(program) \(option) | head -n 1")))
        }
    }
}

/// All comparisons for one tree.
private struct TreeBench {
    let title: String
    let tree: String
    let root: String
    let rounds: Int

    private var store: SnapshotStore { SnapshotStore(folder: root + "/store") }
    private var peerArchive: String { root + "/peer.tar.zst" }
    private var write: String { "tar -cf - -C \(tree) . | zstd -q -3 -o \(peerArchive)" }

    func run() async throws -> [Figure] {
        try await first() + again() + restores() + checks() + [size()]
    }

    private func first() async throws -> [Figure] {
        let clear = "rm -f \(peerArchive)"
        let contenders = [
            Contender(name: "drydock (reads back)", prepare: "rm -rf \(root)/store", body: snapshot),
            shell("tar | zstd -3", write, after: clear),
            shell(
                "tar | zstd -3, zstd -d | sha256sum",
                "\(write) && zstd -qdc \(peerArchive) | sha256sum",
                after: clear
            ),
        ]
        let lines = try await Measuring.inTurns(contenders + nix() + backups(again: false), rounds: rounds)
        Measuring.show("\(title): first snapshot", lines)
        let limits: [Figure.Limit] = [.aim(1.1), .none] + lines.dropFirst(3).map { _ in .aim(1) }
        return zip(lines.dropFirst(), limits).map { figure("snapshot of \(title)", lines[0], $0, $1) }
    }

    private func again() async throws -> [Figure] {
        let contenders = [
            Contender(name: "drydock", prepare: nil, body: snapshot),
            shell("tar | zstd -3", write, after: "rm -f \(peerArchive)"),
        ]
        let lines = try await Measuring.inTurns(contenders + backups(again: true), rounds: rounds)
        Measuring.show("\(title): unchanged, again", lines)
        return [figure("unchanged snapshot of \(title)", lines[0], lines[1])]
    }

    private func restores() async throws -> [Figure] {
        guard let record = try await store.list().first else { return [] }
        try await Measuring.shell("cd \(tree) && find . -type f -print0 | xargs -0 sha256sum > \(root)/sums")
        let unpack = """
            mkdir \(root)/back && zstd -qdc \(peerArchive) | tar -xf - -C \(root)/back && cd \(root)/back \
            && sha256sum -c --quiet \(root)/sums
            """
        let clear = "rm -rf \(root)/back"
        let ours = Contender(name: "drydock", prepare: clear) {
            try await store.restore(record.id, to: root + "/back")
        }
        let peer = shell("zstd -d | tar -x, sha256sum -c", unpack, after: clear)
        let lines = try await Measuring.inTurns([ours, peer], rounds: rounds)
        Measuring.show("\(title): restore, checked", lines)
        return [figure("restore of \(title), checked", lines[0], lines[1])]
    }

    private func checks() async throws -> [Figure] {
        let ours = Contender(name: "drydock verify", prepare: nil) { _ = try await store.verify() }
        let lines = try await Measuring.inTurns([ours, shell("zstd -t", "zstd -qt \(peerArchive)")], rounds: rounds)
        Measuring.show("\(title): check", lines)
        return [figure("check of \(title)", lines[0], lines[1])]
    }

    private func size() async throws -> Figure {
        let ours = try await store.list().first?.bytes ?? 0
        let peer = try await Measuring.output(of: "stat -c %s \(peerArchive)")
        return Figure(
            what: "archive of \(title)",
            ours: Double(ours) / 1e6,
            unit: "MB",
            peer: ("tar | zstd -3", (Double(peer) ?? 0) / 1e6)
        )
    }

    private func snapshot() async throws {
        _ = try await store.create(from: tree, repository: false, title: "bench")
    }

    private func figure(_ what: String, _ ours: Measured, _ peer: Measured, _ limit: Figure.Limit = .none) -> Figure {
        Figure(what: what, ours: ours.milliseconds, peer: (peer.name, peer.milliseconds), limit: limit)
    }
}

// Peers.
extension TreeBench {
    private func shell(
        _ name: String,
        _ line: String,
        after prepare: String? = nil,
        _ extra: [String: String] = [:]
    ) -> Contender {
        Contender(name: name, prepare: prepare) { try await Measuring.shell(line, extra) }
    }

    private func nix() -> [Contender] {
        guard Measuring.exists("nix-store") else { return [] }
        let folders = ["STORE_DIR": "store", "STATE_DIR": "var", "LOG_DIR": "log"]
        var variables = ["NIX_CONFIG": "build-users-group ="]
        for (name, folder) in folders { variables["NIX_" + name] = "\(root)/nix/\(folder)" }
        let clear = "chmod -R u+w \(root)/nix 2>/dev/null; rm -rf \(root)/nix"
        return [shell("nix-store --add", "nix-store --add \(tree)", after: clear, variables)]
    }

    /// Programs for backups; `again` adds to the repository that the call before left.
    private func backups(again: Bool) -> [Contender] {
        let secrets = ["RESTIC_PASSWORD": "bench", "BORG_PASSPHRASE": "bench", "HOME": root]
        var contenders: [Contender] = []
        if Measuring.exists("restic") {
            let place = "\(root)/restic"
            let fresh = "rm -rf \(place); HOME=\(root) RESTIC_PASSWORD=bench restic init -q -r \(place)"
            let line = "restic backup -q -r \(place) \(tree)"
            contenders.append(shell("restic", line, after: again ? nil : fresh, secrets))
        }
        if Measuring.exists("borg") {
            let place = "\(root)/borg"
            let fresh = "rm -rf \(place) \(root)/.cache \(root)/.config; HOME=\(root) borg init -e none \(place)"
            let line = "borg create -C zstd,3 \(place)::{now:%s%f} \(tree)"
            contenders.append(shell("borg", line, after: again ? nil : fresh, secrets))
        }
        return contenders
    }
}
