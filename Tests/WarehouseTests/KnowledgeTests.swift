import Core
import TestSupport
import Testing
import Warehouse

@Suite("What is built in", .tags(.small))
struct KnowledgeTests {
    private let warehouse = Warehouse(layers: [.builtIn])

    @Test("are the guides of eight stacks")
    func guides() {
        #expect(
            warehouse.guides.usable().map(\.name)
                == ["cargo", "cmake", "go", "maven", "npm", "python", "swiftpm", "web"]
        )
        #expect(warehouse.guides.lint().isEmpty)
    }

    @Test("gives each guide tools, packages and a test")
    func completeness() {
        for guide in warehouse.guides.usable() {
            #expect(!guide.tools.isEmpty && !guide.nixPackages.isEmpty && !guide.words.isEmpty, "\(guide.name)")
            for kind in guide.kinds {
                #expect(!guide.commands(for: .test, kind: kind).isEmpty, "\(guide.name)")
            }
            for command in guide.commands where command.profile == .fetch {
                #expect(command.purpose == .fetch, "\(guide.name): only a fetch command may have network")
            }
        }
    }

    @Test("has scaffolders for cargo, npm, swift and go alone")
    func scaffolders() {
        let names = warehouse.guides.usable().filter { $0.scaffolder(for: $0.kinds[0]) != nil }.map(\.name)
        #expect(names == ["cargo", "go", "npm", "swiftpm"])
    }

    @Test("are fragments of 3 to 6 lines in four areas")
    func skills() {
        let fragments = warehouse.skills.usable()
        #expect(warehouse.skills.lint().isEmpty)
        #expect(Set(fragments.map(\.area)) == ["backend", "frontend", "devops", "research"])
        for fragment in fragments {
            let lines = fragment.body.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect((3...6).contains(lines), "\(fragment.slug)")
        }
        let found = SkillCatalogue(fragments).search(role: "backend tester", tech: "go", task: "a REST API")
        #expect(found.map(\.slug).contains("testing"))
    }

    @Test(
        "finds the stack of a description",
        arguments: [
            ("a command line tool in Rust that counts the words of a file", "cargo"),
            ("a library in Java for dates", "maven"), ("an HTTP service in Node.js", "npm"),
            ("a C++ tool that sorts lines", "cmake"), ("a Swift library for colours", "swiftpm"),
            ("a tool written in Go", "go"), ("a landing page for a bakery", "web"),
            ("a tool that reads a configuration file", "python"), ("a list of places to go to", "python"),
            ("a cargo shipping calculator", "python"), ("a swift way to rename files", "python"),
        ]
    )
    func detection(text: String, guide: String) {
        let finding = StackDetection.detect(
            text,
            among: warehouse.guides.usable().map(\.subject),
            defaultGuide: "python"
        )
        #expect(finding.parts.map(\.guide) == [guide])
    }
}
