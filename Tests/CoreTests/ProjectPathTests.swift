import Core
import TestSupport
import Testing

@Suite("A project path", .tags(.small))
struct ProjectPathTests {
    @Test(
        "is never the folder of a repository, however it is spelled",
        arguments: [
            ".git", ".GIT/config", "a/.Git", "git~1", "GIT~1/x", ".g\u{200c}it", "\u{feff}.git", ".git\u{202e}",
            ".git ",
            ".git. .", ".git::$INDEX_ALLOCATION/x", "a\\.git\\b",
        ]
    )
    func gitFolder(text: String) {
        #expect(throws: ProjectPathError.gitFolder(text)) { try ProjectPath(text) }
    }

    @Test("may look like one", arguments: [".gitignore", ".github/x", "git", "a.git", ".git-x", "git~10", "a:b"])
    func similar(text: String) throws {
        #expect(try ProjectPath(text).description == text)
    }

    @Test("stays in the project")
    func refusals() throws {
        #expect(throws: ProjectPathError.absolute("/a")) { try ProjectPath("/a") }
        #expect(throws: ProjectPathError.leavesTree("a/../b")) { try ProjectPath("a/../b") }
        #expect(throws: ProjectPathError.holdsNUL("a\u{0}")) { try ProjectPath("a\u{0}") }
        #expect(try ProjectPath("./a//b/.").description == "a/b")
        #expect(try ProjectPath("").isRoot)
    }
}
