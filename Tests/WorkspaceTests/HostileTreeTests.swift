import Core
import Foundation
import GitKit
import TestSupport
import Testing
import Workspace

@Suite("A hostile tree", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct HostileTreeTests {
    private var outside: String { TemporaryDirectory.current.path + "/outside" }

    private func makeTree() async throws -> WorkTree {
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try "untouched".write(toFile: outside + "/victim", atomically: true, encoding: .utf8)
        return try await makeWorkspace().tree
    }

    private func victim() throws -> String { try String(contentsOfFile: outside + "/victim", encoding: .utf8) }

    @Test("cannot lead a write, a read or a deletion through a link")
    func links() async throws {
        let tree = try await makeTree()
        try shell("ln -s '\(outside)' out; ln -s '\(outside)/victim' file; mkdir a; ln -s ../out a/b", in: tree.path)
        let refused = TreeError.linkOnTheWay(path: "a/b")
        await #expect(throws: TreeError.linkOnTheWay(path: "out")) { try await tree.put("out/victim", "x") }
        await #expect(throws: refused) { try await tree.put("a/b/new/victim", "x") }
        await #expect(throws: refused) { try await tree.delete(ProjectPath("a/b/victim")) }
        await #expect(throws: refused) { try await tree.read(ProjectPath("a/b/victim")) }
        await #expect(throws: TreeError.notAFile(path: "file")) { try await tree.read(ProjectPath("file")) }
        try await tree.put("file", "own")
        await #expect(throws: TreeError.notAFile(path: "file")) { try await tree.put("file/below", "x") }
        await #expect(throws: TreeError.notAFile(path: "a")) { try await tree.put("a", "x") }
        #expect(try victim() == "untouched")
        #expect(try await tree.text("file") == "own")
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["victim"])
    }

    @Test("refuses a name that is too long as a mistake of whoever chose it, not of the machine")
    func longName() async throws {
        let tree = try await makeTree()
        let error = await #expect(throws: TreeError.self) {
            try await tree.put(String(repeating: "n", count: 300), "x")
        }
        #expect(error?.failureClass == .policy)
    }

    @Test("has its links stored as links, never as what they lead to")
    func storedLinks() async throws {
        let tree = try await makeTree()
        try shell("mkdir d; echo d > d/a; ln -s d folder; ln -s d/a file; ln -s nowhere broken", in: tree.path)
        let commit = try #require(try await tree.save().commit)
        let listed = try git("ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD", in: tree.path)
        #expect(listed == "120000 broken\n100644 d/a\n120000 file\n120000 folder\n")
        try shell("rm folder; mkdir folder; echo x > folder/y; rm file; echo secret > file", in: tree.path)
        let status = try await tree.status().map { "\($0.kind) \($0.path)" }
        #expect(status == ["retyped file", "deleted folder", "added folder/y"])
        try await tree.reset(to: commit.id)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: tree.path + "/folder") == "d")
        #expect(try await tree.text("d/a") == "d\n")
        #expect(try tree.opinion() == "")
    }

    @Test("has links that lead out left out and reported, and those of a commit refused before anything changes")
    func outwardLinks() async throws {
        let tree = try await makeTree()
        let links = ["abs": outside, "up": "../outside/victim", "d/two": "../../outside", "d/e/back": "../.."]
        try shell("mkdir -p d/e; echo a > a; ln -s ../a d/in; ln -s d/e/back/../outside chain", in: tree.path)
        for (path, target) in links { try shell("ln -s '\(target)' \(path)", in: tree.path) }
        let outcome = try await tree.save()
        #expect(outcome.findings.outwardLinks == ["abs", "chain", "d/two", "up"])
        let commit = try #require(outcome.commit)
        #expect(try await tree.paths().map(\.description) == ["a", "d/e/back", "d/in"])
        #expect(try await tree.status().isEmpty)
        try git("add", "-A", in: tree.path)
        try git("commit", "-q", "-m", "By hand", in: tree.path)
        let hostile = try #require(CommitID(try git("rev-parse", "HEAD", in: tree.path).dropLast()))
        try shell("git reset -q --hard \(commit.id); echo b > a", in: tree.path)
        let error = await #expect(throws: TreeError.self) { try await tree.reset(to: hostile) }
        #expect(error?.failureClass == .policy)
        let reason = "it is a link to '\(outside)', which lies outside of the project"
        #expect(error == .unusableLink(path: "abs", reason: reason))
        #expect(try await tree.text("a") == "b\n")
        #expect(try victim() == "untouched")
    }

    @Test("does not get a folder back through a link that took its place")
    func swappedFolder() async throws {
        let tree = try await makeTree()
        try await tree.put("src/victim", "inside")
        let commit = try #require(try await tree.save().commit)
        try shell("rm -r src; ln -s '\(outside)' src", in: tree.path)
        try await tree.reset(to: commit.id)
        #expect(try victim() == "untouched")
        #expect(try await tree.text("src/victim") == "inside")
        try shell("rm -r src; ln -s '\(outside)' src", in: tree.path)
        #expect(try await tree.save().findings.outwardLinks == ["src"])
        #expect(try git("ls-tree", "-r", "--name-only", "HEAD", in: tree.path) == "")
        #expect(try victim() == "untouched")
    }

    @Test("has its pipes left out and reported")
    func specialFiles() async throws {
        let tree = try await makeTree()
        try shell("mkfifo pipe .gitattributes; mkdir d; mkfifo d/.gitignore; echo a > d/a", in: tree.path)
        let outcome = try await tree.save()
        #expect(outcome.findings.specialFiles == [".gitattributes", "d/.gitignore", "pipe"])
        #expect(try await tree.paths().map(\.description) == ["d/a"])
        #expect(try await tree.files().files.map(\.path.description) == ["d/a"])
        await #expect(throws: TreeError.notAFile(path: "pipe")) { try await tree.read(ProjectPath("pipe")) }
        // A program that opens what it finds waits for a writer.
        try shell("timeout 0.5 cat pipe && exit 1; test $? = 124", in: tree.path)
        try await tree.put("pipe", "now a file")
        let commit = try #require(outcome.commit)
        try await tree.reset(to: commit.id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path).sorted() == [".git", "d"])
        #expect(try tree.opinion() == "")
    }

    @Test("is merged without a look at pipes in it")
    func mergeBesidePipe() async throws {
        let workspace = try await makeWorkspace()
        let tree = workspace.tree
        let base = try #require(try await tree.head())
        let folder = TemporaryDirectory.current.path
        let other = try await workspace.addWorktree(named: "w", branch: "w", from: base, at: folder + "/w")
        try await other.put("a", "1")
        let commit = try #require(try await other.save().commit)
        try await tree.put("b", "1")
        try await tree.save()
        try shell("mkfifo .gitattributes .gitignore", in: tree.path)
        let outcome = try await tree.merge(commit.id, message: "Merge", trailers: [])
        #expect(outcome != .upToDate)
        #expect(try await tree.text("a") == "1")
    }

    @Test("loses nested repositories, whatever they are called, and says so")
    func nestedRepositories() async throws {
        let tree = try await makeTree()
        try shell(
            """
            git init -q crate; echo a > crate/a; mkdir -p x/.GIT/hooks y z; echo b > x/b
            echo 'gitdir: \(outside)' > y/.git; echo c > y/c; ln -s '\(outside)' z/.Git; mkdir .GiT; echo d > .GiT/config
            """,
            in: tree.path
        )
        let outcome = try await tree.save()
        #expect(outcome.findings.removedGitFolders == [".GiT", "crate/.git", "x/.GIT", "y/.git", "z/.Git"])
        #expect(try git("ls-tree", "-r", "--name-only", "HEAD", in: tree.path) == "crate/a\nx/b\ny/c\n")
        #expect(try victim() == "untouched")
        #expect(try tree.opinion() == "")
    }

    @Test("has its modes made 644 or 755, and the strange ones reported")
    func modes() async throws {
        let tree = try await makeTree()
        try shell(
            """
            echo a > plain; chmod 664 plain; echo b > tool; chmod 775 tool; echo c > suid; chmod 6755 suid
            echo d > shut; chmod 0 shut; mkdir dir; echo e > dir/e; chmod 1000 dir
            """,
            in: tree.path
        )
        let outcome = try await tree.save()
        #expect(outcome.findings.normalisedModes.map(\.description) == ["dir", "shut", "suid"])
        let listed = try git("ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD", in: tree.path)
        #expect(listed == "100644 dir/e\n100644 plain\n100644 shut\n100755 suid\n100755 tool\n")
        var modes: [String: Int] = [:]
        for name in ["plain", "tool", "suid", "shut", "dir"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: tree.path + "/" + name)
            modes[name] = attributes[.posixPermissions] as? Int
        }
        #expect(modes == ["plain": 0o644, "tool": 0o755, "suid": 0o755, "shut": 0o644, "dir": 0o755])
        #expect(try tree.opinion() == "")
    }

    @Test("keeps names with line feeds, quotes, spaces and accents")
    func strangeNames() async throws {
        let tree = try await makeTree()
        let names = ["line\nfeed", "\"quoted\" 'twice'", " lead", "trail ", "-rf", "\u{e9}", "e\u{301}", "*", "a:b"]
        for name in names { try await tree.put("d/" + name, "\(name.utf8.count)") }
        let commit = try #require(try await tree.save().commit)
        #expect(try tree.opinion() == "")
        try shell("rm -r d", in: tree.path)
        try await tree.reset(to: commit.id)
        for name in names { #expect(try await tree.text("d/" + name) == "\(name.utf8.count)") }
        #expect(try await tree.paths().count == names.count)
        #expect(try tree.opinion() == "")
    }

    @Test(
        "is refused for a name that is not UTF-8 or has a backslash, and the name is told",
        arguments: ["377", "134"]
    )
    func unusableNames(octal: String) async throws {
        let tree = try await makeTree()
        try await tree.put("kept", "1")
        let commit = try #require(try await tree.save().commit)
        let plant = "mkdir sub; touch \"sub/a$(printf '\\\(octal)')b\""
        try shell(plant, in: tree.path)
        let error = await #expect(throws: TreeError.self) { try await tree.save() }
        let shown = octal == "377" ? "'sub/a\\xffb'" : "'sub/a\\b'"
        #expect(error?.description.contains(shown) == true)
        #expect(error?.kind == .policy)
        #expect(try await tree.head() == commit.id)
        try await tree.reset(to: commit.id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path).sorted() == [".git", "kept"])
        try shell(plant + "; echo sub > .gitignore", in: tree.path)
        #expect(try await tree.save().commit != nil)
    }

    @Test("runs no hook and no filter, and keeps every byte")
    func hooksAndFilters() async throws {
        let tree = try await makeTree()
        let ran = outside + "/ran"
        try plantPrograms(in: tree.path, touching: ran)
        try await tree.put(".gitattributes", Self.attributes)
        let files = ["bytes": "lf\ncrlf\r\n$Id$ \u{0}end", "text": "lf\ncrlf\r\n$Id$\n", "a.u": "\u{fc}"]
        for (path, content) in files { try await tree.put(path, content) }
        let commit = try #require(try await tree.save().commit)
        #expect(try await tree.content(of: ProjectPath("text"), at: commit.id) == Array("lf\ncrlf\r\n$Id$\n".utf8))
        try shell("rm bytes text a.u", in: tree.path)
        try await tree.reset(to: commit.id)
        for (path, content) in files { #expect(try await tree.text(path) == content) }
        #expect(try await tree.status().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: ran))
        try git("config", "core.fsmonitor", "false", in: tree.path)
        // git itself agrees that nothing is changed, though it has to compare the contents anew.
        try shell("touch bytes text a.u", in: tree.path)
        #expect(try git("status", "--porcelain", in: tree.path) == "")
        #expect(!FileManager.default.fileExists(atPath: ran))
    }

    private static let attributes = "* text=auto eol=crlf ident filter=evil\n*.u working-tree-encoding=UTF-16\n"
    private static let hooks = [
        "pre-commit", "commit-msg", "post-commit", "post-checkout", "post-merge", "reference-transaction",
    ]

    /// Has hooks, filters and a monitor of files leave a trace.
    private func plantPrograms(in repository: String, touching ran: String) throws {
        for hook in Self.hooks {
            let path = ".git/hooks/" + hook
            let line = "printf '#!/bin/sh\\ntouch \(ran) \(ran)-\(hook)\\n' > \(path); chmod +x \(path)"
            try shell("mkdir -p .git/hooks; " + line, in: repository)
        }
        for key in ["filter.evil.clean", "filter.evil.smudge", "core.fsmonitor"] {
            try git("config", key, "touch \(ran) \(ran)-\(key); cat", in: repository)
        }
        try git("config", "core.autocrlf", "true", in: repository)
    }

    @Test("would have its hooks and filters run by a program that believes in them")
    func hooksAndFiltersOfGit() throws {
        let folder = TemporaryDirectory.current.path + "/believed"
        let ran = TemporaryDirectory.current.path + "/ran"
        try shell("mkdir believed; cd believed; git init -q", in: TemporaryDirectory.current.path)
        try plantPrograms(in: folder, touching: ran)
        try Self.attributes.write(toFile: folder + "/.gitattributes", atomically: true, encoding: .utf8)
        try shell("echo text > text", in: folder)
        try git("add", "-A", in: folder)
        try git("commit", "-q", "-m", "First", in: folder)
        try shell("rm text", in: folder)
        try git("checkout", "-q", "--", "text", in: folder)
        try git("merge", "-q", "HEAD", in: folder)
        let traces = Self.hooks.filter { $0 != "post-merge" } + ["filter.evil.clean", "filter.evil.smudge"]
        for trace in traces { #expect(FileManager.default.fileExists(atPath: ran + "-" + trace), "\(trace)") }
    }

    @Test("is refused when a new file holds a secret, and the refusal names both")
    func secret() async throws {
        let tree = try await makeTree()
        let redactor = Redactor(secrets: ["API_TOKEN": "s3cr3t-s3cr3t"])
        try await tree.put("a.txt", "fine")
        try await tree.put("conf/.env", "TOKEN=s3cr3t-s3cr3t\n")
        let head = try await tree.head()
        let error = await #expect(throws: TreeError.holdsSecret(path: "conf/.env", name: "API_TOKEN")) {
            try await tree.commitAll(message: "Add", trailers: [], refusing: redactor)
        }
        #expect(error?.failureClass == .policy)
        #expect(try await tree.head() == head)
        // The first commit, its tree, and the file that is fine: the secret is nowhere in the store.
        #expect(try git("count-objects", in: tree.path).hasPrefix("3 objects"))
        try await tree.put(".gitignore", ".env\n")
        let outcome = try await tree.commitAll(message: "Add s3cr3t-s3cr3t", trailers: [], refusing: redactor)
        #expect(outcome.commit?.message == "Add [redacted:API_TOKEN]")
        try shell("ln -s s3cr3t-s3cr3t link", in: tree.path)
        await #expect(throws: TreeError.holdsSecret(path: "link", name: "API_TOKEN")) {
            try await tree.commitAll(message: "Add", trailers: [], refusing: redactor)
        }
    }

    @Test("is cleaned of folders of any depth")
    func deepFolders() async throws {
        let tree = try await makeTree()
        let head = try #require(try await tree.head())
        let digger = "import os\nfor i in range(1500):\n os.mkdir('d' * 30)\n os.chdir('d' * 30)\nopen('end', 'w')"
        try digger.write(toFile: outside + "/dig.py", atomically: true, encoding: .utf8)
        try shell("python3 \(outside)/dig.py", in: tree.path)
        await #expect(throws: TreeError.self) { try await tree.save() }
        try await tree.reset(to: head)
        #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path) == [".git"])
    }
}
