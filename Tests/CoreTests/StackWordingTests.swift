import Core
import TestSupport
import Testing

@Suite("The wording that names a stack", .tags(.small))
struct StackWordingTests {
    private static let cli: [ProjectKind] = [.commandLineTool, .library]
    private static let all: [ProjectKind] = [.commandLineTool, .library, .httpService]

    private static let subjects = [
        StackSubject(name: "cargo", title: "Rust", words: ["rust", "cargo", "crate", "rustc"], kinds: cli),
        StackSubject(
            name: "npm",
            title: "Node.js",
            words: ["node", "node.js", "nodejs", "npm", "javascript", "js", "next.js", "react", "typescript"],
            kinds: all
        ),
        StackSubject(name: "python", title: "Python", words: ["python", "python3", "pip", "django"], kinds: all),
        StackSubject(name: "maven", title: "Java", words: ["java", "maven", "jvm"], kinds: all),
        StackSubject(name: "cmake", title: "C++", words: ["c++", "cpp", "cmake"], kinds: cli),
        StackSubject(name: "swiftpm", title: "Swift", words: ["swift", "swiftpm", "swift package"], kinds: cli),
        StackSubject(name: "go", title: "Go", words: ["go", "golang", "go.mod"], kinds: all),
        StackSubject(name: "web", title: "Web page", words: ["html", "css", "static page"], kinds: [.webPage]),
    ]

    private func detect(_ text: String) -> StackFinding {
        StackDetection.detect(text, among: Self.subjects, defaultGuide: "python")
    }

    @Test(
        "finds the stack that a description names",
        arguments: [
            ("a command line tool in Rust that counts the words of a file", "cargo"),
            ("a tool in go", "go"), ("written in Go", "go"), ("A CLI, using golang, that greets", "go"),
            ("a go program that prints primes", "go"), ("a Go HTTP service", "go"), ("a go-based web server", "go"),
            ("Write a library in Go for parsing dates", "go"), ("a parser using go and nothing else", "go"),
            ("A Swift library for colours", "swiftpm"), ("a command line tool in swift", "swiftpm"),
            ("a C++ library", "cmake"), ("a tool written in C++.", "cmake"), ("cmake project that sorts", "cmake"),
            ("a Next.js task board", "npm"), ("a JavaScript function library", "npm"), ("a node.js server", "npm"),
            ("a node service", "npm"), ("a service in Node", "npm"),
            ("a Java microservice with configuration files", "maven"), ("PYTHON SCRIPT", "python"),
            ("a Python linter for Rust code, written in Rust", "cargo"),
            ("a Python script that generates Swift code", "python"),
            ("a COBOL parser in Python", "python"), ("a syntax checker for Ruby, in Java", "maven"),
            ("a tool in Go, not in Python", "go"), ("a tool in Python instead of Java", "python"),
            ("a program without JavaScript, in Python", "python"),
            ("a converter from Java to JSON, written in Python", "python"),
            ("rust: a word counter", "cargo"), ("Count words. Use Rust.", "cargo"),
            ("a Rust crate that parses dates", "cargo"),
            ("I want to build a Rust CLI that greps logs", "cargo"),
            ("I would like to have a Go program which prints primes", "go"),
            ("We have to write a Java library for matrices", "maven"),
            ("Would it be possible to get a Swift tool that trims whitespace?", "swiftpm"),
            ("I want you to write a C++ program that plays chess", "cmake"),
            ("I’m looking for a Go tool to rename files", "go"),
            ("We are a small team. We need to build a Go service.", "go"),
            ("The goal is to make a Node service for weather", "npm"),
            ("Make a program that says hello. Language: Rust", "cargo"),
        ]
    )
    func named(text: String, guide: String) {
        let finding = detect(text)
        #expect(finding.parts.first?.guide == guide)
        #expect(!finding.isDefault)
    }

    @Test(
        "names no stack where only parts of words or ordinary words stand",
        arguments: [
            "a tool that reads a configuration file", "a list of places to go to", "Going places: a travel diary",
            "a game where you go left or right", "a command line tool that lets users go back",
            "a swift way to rename files", "a cargo shipping calculator", "a tool that removes rust from texts",
            "an app that tracks a node in a graph", "a spring planner", "A Place To Go And Swim",
            "Go get my groceries list",
            "ready, set, go: a stopwatch", "a mango shop", "a javanese dictionary", "in one go rename files",
            "make a tool that converts units", "a tool that goes through logs", "a syntax highlighter for Ruby",
            "a tool to build Docker images from Java", "a place to create go boards",
            "I want to go to the gym: a diary",
            "plots of r and c values", "a basic calculator", "a program in basic mode", "crystal clear notes",
        ]
    )
    func unnamed(text: String) {
        let finding = detect(text)
        #expect(finding.isDefault, "\(finding)")
        #expect(finding.parts.map(\.guide) == ["python"])
        #expect(finding.notes.first == "The description names no language or stack, so Python is used, the default.")
    }

    @Test("takes a static page for a web page that names no stack")
    func page() {
        let finding = detect("a landing page for a bakery")
        #expect(finding.parts == [StackPart(guide: "web", kind: .webPage)])
        #expect(
            finding.notes == [
                "The description names no language or stack, so Web page is used, which suits a web page."
            ]
        )
    }

    @Test("keeps all the stacks that are asked for, in the order of the text")
    func several() {
        #expect(detect("a Go API with a React frontend").parts.map(\.guide) == ["go", "npm"])
    }

    @Test(
        "notices a language that no guide knows",
        arguments: [
            ("a payroll tool in COBOL", "cobol"), ("a parser in Haskell.", "haskell"), ("a game using Zig", "zig"),
            ("a Ruby script that renames files", "ruby"), ("written in C", "c"), ("a C# library", "c#"),
            ("an Elixir web service", "elixir"), ("a PHP application", "php"), ("a tool in R to plot", "r"),
        ]
    )
    func unknown(text: String, stack: String) {
        #expect(detect(text).unknown?.lowercased() == stack)
    }

    @Test("takes a language that a guide of the user knows")
    func userGuide() {
        let zig = StackSubject(name: "zig", title: "Zig", words: ["zig"], kinds: Self.cli)
        let finding = StackDetection.detect("a game using Zig", among: [zig], defaultGuide: "zig")
        #expect(finding.parts.map(\.guide) == ["zig"])
        #expect(!finding.isDefault)
    }

    @Test(
        "finds the kind that is asked for",
        arguments: [
            ("a command line tool in Python", ProjectKind.commandLineTool), ("a Python library", .library),
            ("a JSON API in Python", .httpService), ("an HTTP service in Go", .httpService),
            ("a library for building HTTP servers in Python", .library),
            ("a command line tool in Python that calls a REST API", .commandLineTool),
            ("a REST API in Python that serves a library of books", .httpService),
            ("a web server in node", .httpService), ("a script in Python to rename files", .commandLineTool),
            ("an npm package that formats dates", .library), ("a microservice in Java", .httpService),
            ("a web page with HTML about cats", .webPage), ("a word counter in Python", .commandLineTool),
        ]
    )
    func kind(text: String, kind: ProjectKind) {
        #expect(detect(text).parts.first?.kind == kind)
    }

    @Test("takes any text", arguments: ["", "\u{0}\u{1b}", "🦊🦊", "....", "in", "in in in go", "C++ + ++ #"])
    func anything(text: String) {
        #expect(!detect(text).parts.isEmpty)
    }
}
