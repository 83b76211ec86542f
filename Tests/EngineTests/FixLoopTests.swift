import Core
import Engine
import Foundation
import Models
import TestSupport
import Testing

@Suite("The fix loop", .tags(.large), .temporaryDirectory)
struct FixLoopTests {
    /// A project of one stack that does not compile, and the patch that mends it.
    struct Breakage: Sendable, CustomTestStringConvertible {
        let guide: String
        let files: [FileText]
        let patch: FileText
        /// What the tool says of the mistake.
        let complaint: String

        var testDescription: String { guide }
    }

    static let breakages = [
        Breakage(
            guide: "cargo",
            files: [
                FileText(
                    path: "Cargo.toml",
                    content: "[package]\nname = \"count-words\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"
                ),
                FileText(
                    path: "src/main.rs",
                    content: "fn main() {\n    println!(\"{}\", count_words::count(\"a\"));\n}\n"
                ),
                FileText(
                    path: "src/lib.rs",
                    content: """
                        pub fn count(text: &str) -> usize {
                            text.split_whitespace().counts()
                        }

                        #[cfg(test)]
                        mod tests {
                            #[test]
                            fn words() {
                                assert_eq!(super::count("a b"), 2);
                            }
                        }

                        """
                ),
                FileText(path: ".gitignore", content: "/target\n"),
            ],
            patch: FileText(
                path: "src/lib.rs",
                content: """
                    pub fn count(text: &str) -> usize {
                        text.split_whitespace().count()
                    }

                    #[cfg(test)]
                    mod tests {
                        #[test]
                        fn words() {
                            assert_eq!(super::count("a b"), 2);
                        }
                    }

                    """
            ),
            complaint: "counts"
        ),
        Breakage(
            guide: "go",
            files: [
                FileText(path: "go.mod", content: "module count-words\n\ngo 1.19\n"),
                FileText(path: "main.go", content: "package main\n\nfunc main() {\n\tprintln(Count(\"a\"))\n}\n"),
                FileText(
                    path: "count.go",
                    content: """
                        package main

                        import "strings"

                        func Count(text string) int {
                        \treturn strings.Fields(text)
                        }

                        """
                ),
                FileText(
                    path: "count_test.go",
                    content: """
                        package main

                        import "testing"

                        func TestCount(t *testing.T) {
                        \tif Count("a b") != 2 {
                        \t\tt.Fatal("wrong")
                        \t}
                        }

                        """
                ),
            ],
            patch: FileText(
                path: "count.go",
                content: """
                    package main

                    import "strings"

                    func Count(text string) int {
                    \treturn len(strings.Fields(text))
                    }

                    """
            ),
            complaint: "cannot use strings.Fields"
        ),
        Breakage(
            guide: "python",
            files: [
                FileText(path: "count_words/__init__.py", content: "def count(text)\n    return len(text.split())\n"),
                FileText(path: "tests/__init__.py", content: ""),
                FileText(
                    path: "tests/test_count.py",
                    content: """
                        import unittest
                        from count_words import count


                        class CountTests(unittest.TestCase):
                            def test_words(self):
                                self.assertEqual(count("a b"), 2)

                        """
                ),
            ],
            patch: FileText(
                path: "count_words/__init__.py",
                content: "def count(text):\n    return len(text.split())\n"
            ),
            complaint: "SyntaxError"
        ),
    ]

    @Test("shows the model command, output and files, patches, and runs the command again", arguments: breakages)
    func mends(breakage: Breakage) async throws {
        let fix = Fix(diagnosis: "the call is wrong", fixed: true, files: [breakage.patch])
        let model = Script(guide: breakage.guide, files: breakage.files, fixes: [fix]).provider()
        let yard = try await Yard(model: model)
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        let requests = model.requests(of: "fix")
        #expect(requests.count == 1)
        let input: FixInput = try #require(requests.first).input.decoded()
        #expect(!input.command.isEmpty)
        #expect(input.exitCode != 0)
        #expect(input.output.contains(breakage.complaint))
        #expect(input.files.contains { $0.path == breakage.patch.path && $0.content != breakage.patch.content })
        #expect(try yard.text(breakage.patch.path) == breakage.patch.content)
    }

    @Test("asks once by default, and a command that stays broken is run twice and no more")
    func oneAttempt() async throws {
        let useless = Fix(
            diagnosis: "a guess",
            fixed: true,
            files: [FileText(path: "count_words/__init__.py", content: "def count(text)\n    return 1\n")]
        )
        let breakage = try #require(Self.breakages.last)
        let model = Script(guide: "python", files: breakage.files, fixes: [useless]).provider()
        let yard = try await Yard(model: model)
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.exitStatus == FaultKind.unverified.exitStatus)
        let steps = try #require(try await yard.service.reportWithSteps(outcome.report.run).steps)
        let firstRound = steps.map { $0.step.description }.filter { $0.hasPrefix("crew/count-words/work/1/check/") }
        #expect(firstRound.filter { $0.contains("/run-") }.count == 2, "\(firstRound)")
        #expect(firstRound.filter { $0.hasSuffix("/call-1") || $0.hasSuffix("/call-0") }.count == 1, "\(firstRound)")
    }

    @Test("gives up when the same failure comes back, however many attempts are left")
    func stagnation() async throws {
        let useless = Fix(
            diagnosis: "a guess",
            fixed: true,
            files: [FileText(path: "notes.txt", content: "nothing\n")]
        )
        let breakage = try #require(Self.breakages.last)
        let model = Script(guide: "python", files: breakage.files, fixes: [useless]).provider()
        let yard = try await Yard(model: model)
        var request = yard.request("count words")
        request.fixAttempts = 9
        _ = try await yard.run(request)
        // One per round of the crew's loop, which stagnates in its second round.
        #expect(model.requests(of: "fix").count <= 3)
    }

    @Test("ignores what a successful command prints")
    func success() async throws {
        let breakage = try #require(Self.breakages.last)
        var files = breakage.files
        files[0] = FileText(
            path: "count_words/__init__.py",
            content:
                "import sys\nprint('error: failed', file=sys.stderr)\n\n\ndef count(text):\n    return len(text.split())\n"
        )
        let model = Script(guide: "python", files: files).provider()
        let yard = try await Yard(model: model)
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.exitStatus == 0)
        #expect(model.requests(of: "fix").isEmpty)
    }
}
