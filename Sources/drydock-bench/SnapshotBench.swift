internal import Core
internal import FoundationEssentials
internal import Snapshots

/// Snapshot, second snapshot and restore of two trees, beside the programs that people use for it.
enum SnapshotBench {
    static func run(_ place: BenchPlace) async throws -> [Figure] {
        guard Measuring.exists("tar"), Measuring.exists("zstd") else { return [] }
        var figures: [Figure] = []
        for (title, files, size) in [("1,500 files", 1_500, 11_300), ("15,000 files", 15_000, 18_000)] {
            let tree = place.folder + "/tree"
            try await Measuring.shell("rm -rf \(tree)")
            try SampleTree.make(at: tree, files: files, averageSize: size)
            figures += try await measure(title, tree, in: place.folder)
        }
        return figures
    }

    private static func measure(_ title: String, _ tree: String, in root: String) async throws -> [Figure] {
        let store = SnapshotStore(folder: root + "/store")
        let write = "tar -cf - -C \(tree) . | zstd -q -3 -o \(root)/peer.tar.zst"
        var lines = [
            try await Measuring.median(of: "tar | zstd -3", prepare: "rm -rf \(root)/peer.tar.zst") {
                try await Measuring.shell(write)
            },
            try await Measuring.median(of: "drydock (reads back)", prepare: "rm -rf \(root)/store") {
                _ = try await store.create(from: tree, repository: false, title: "bench")
            },
        ]
        if Measuring.exists("nix-store") {
            let nix =
                "NIX_STORE_DIR=\(root)/nix/store NIX_STATE_DIR=\(root)/nix/var NIX_LOG_DIR=\(root)/nix/log "
                + "NIX_CONFIG='build-users-group =' nix-store --add \(tree)"
            lines.append(
                try await Measuring.median(
                    of: "nix-store --add",
                    rounds: 3,
                    prepare: "chmod -R u+w \(root)/nix 2>/dev/null; rm -rf \(root)/nix"
                ) { try await Measuring.shell(nix) }
            )
        }
        lines += try await backups(tree, root, again: false)
        Measuring.show("\(title): first snapshot", lines)
        var figures = [Self.figure("snapshot of \(title)", lines[1], lines[0], .aim(1.1))]
        figures += lines.dropFirst(2).map { Self.figure("snapshot of \(title)", lines[1], $0, .aim(1)) }
        let again = try await Measuring.median(of: "drydock") {
            _ = try await store.create(from: tree, repository: false, title: "bench")
        }
        let peer = try await Measuring.median(of: "tar | zstd -3", prepare: "rm -rf \(root)/peer.tar.zst") {
            try await Measuring.shell(write)
        }
        Measuring.show("\(title): unchanged, again", [peer, again] + (try await backups(tree, root, again: true)))
        figures.append(Self.figure("unchanged snapshot of \(title)", again, peer))
        return figures + (try await restores(title, tree, store, root))
    }

    private static func figure(
        _ what: String,
        _ ours: Measured,
        _ peer: Measured,
        _ limit: Figure.Limit = .none
    ) -> Figure {
        Figure(what: what, ours: ours.milliseconds, peer: (peer.name, peer.milliseconds), limit: limit)
    }

    private static func restores(_ title: String, _ tree: String, _ store: SnapshotStore, _ root: String) async throws
        -> [Figure]
    {
        guard let record = try await store.list().first else { return [] }
        try await Measuring.shell("cd \(tree) && find . -type f -print0 | xargs -0 sha256sum > \(root)/sums")
        let clear = "rm -rf \(root)/back"
        let lines = [
            try await Measuring.median(of: "zstd -d | tar, sha256sum -c", prepare: clear) {
                try await Measuring.shell(
                    "mkdir \(root)/back && zstd -qdc \(root)/peer.tar.zst | tar -xf - -C \(root)/back "
                        + "&& cd \(root)/back && sha256sum -c --quiet \(root)/sums"
                )
            },
            try await Measuring.median(of: "drydock", prepare: clear) {
                try await store.restore(record.id, to: root + "/back")
            },
        ]
        Measuring.show("\(title): restore, checked", lines)
        let verify = try await Measuring.median(of: "drydock verify") { _ = try await store.verify() }
        let test = try await Measuring.median(of: "zstd -t") {
            try await Measuring.shell("zstd -qt \(root)/peer.tar.zst")
        }
        Measuring.show("\(title): check", [test, verify])
        return [
            Self.figure("restore of \(title), checked", lines[1], lines[0]),
            Self.figure("check of \(title)", verify, test),
        ]
    }

    private static func backups(_ tree: String, _ root: String, again: Bool) async throws -> [Measured] {
        var lines: [Measured] = []
        let secrets = ["RESTIC_PASSWORD": "bench", "BORG_PASSPHRASE": "bench", "HOME": root]
        if Measuring.exists("restic") {
            let repository = "\(root)/restic"
            lines.append(
                try await Measuring.median(
                    of: "restic",
                    rounds: 3,
                    prepare: again
                        ? nil
                        : "rm -rf \(repository); HOME=\(root) RESTIC_PASSWORD=bench restic init -q -r \(repository)"
                ) { try await Measuring.shell("restic backup -q -r \(repository) \(tree)", secrets) }
            )
        }
        if Measuring.exists("borg") {
            let repository = "\(root)/borg"
            lines.append(
                try await Measuring.median(
                    of: "borg",
                    rounds: 3,
                    prepare: again
                        ? nil
                        : "rm -rf \(repository) \(root)/.cache \(root)/.config; HOME=\(root) borg init -e none \(repository)"
                ) { try await Measuring.shell("borg create -C zstd,3 \(repository)::{now:%s%f} \(tree)", secrets) }
            )
        }
        return lines
    }
}
