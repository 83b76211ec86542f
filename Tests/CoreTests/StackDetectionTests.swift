import Core
import TestSupport
import Testing

@Suite("The detection of stacks", .tags(.small))
struct StackDetectionTests {
    static let subjects = [
        StackSubject(
            name: "cargo",
            title: "Rust",
            words: ["rustlang", "cargo"],
            names: ["rust"],
            kinds: [.commandLineTool, .library]
        ),
        StackSubject(
            name: "npm",
            title: "Node.js",
            words: ["node.js", "nodejs", "javascript", "typescript", "npm"],
            names: ["node"],
            kinds: [.commandLineTool, .library, .httpService]
        ),
        StackSubject(
            name: "python",
            title: "Python",
            words: ["python"],
            kinds: [.commandLineTool, .library, .httpService]
        ),
        StackSubject(
            name: "maven",
            title: "Java",
            words: ["java", "maven"],
            kinds: [.commandLineTool, .library, .httpService]
        ),
        StackSubject(
            name: "cmake",
            title: "C++",
            words: ["c++", "cpp", "cmake"],
            kinds: [.commandLineTool, .library]
        ),
        StackSubject(
            name: "swiftpm",
            title: "Swift",
            words: ["swiftpm"],
            names: ["swift"],
            kinds: [.commandLineTool, .library]
        ),
        StackSubject(
            name: "go",
            title: "Go",
            words: ["golang"],
            names: ["go"],
            kinds: [.commandLineTool, .library, .httpService]
        ),
        StackSubject(
            name: "web",
            title: "Static web page",
            words: ["html", "css", "web page", "static site", "website"],
            kinds: [.webPage]
        ),
    ]

    private func detect(_ text: String) -> StackFinding {
        StackDetection.detect(text, among: Self.subjects, defaultGuide: "python")
    }

    private func summary(_ finding: StackFinding) -> String {
        if let unknown = finding.unknown { return "unknown \(unknown)" }
        return finding.parts.map { "\($0.guide):\($0.kind.rawValue)" }.joined(separator: " ")
            + (finding.isDefault ? " (default)" : "")
    }

    @Test(
        "takes the stack that a description asks for",
        arguments: [
            ("a command line tool in Rust that counts the words of a file", "cargo:command-line-tool"),
            ("a Go program that prints primes", "go:command-line-tool"),
            ("write me a golang cli for renaming files", "go:command-line-tool"),
            ("a word counter in Go", "go:command-line-tool"),
            ("a Go word counter", "go:command-line-tool"),
            ("an HTTP service in go that counts visits", "go:http-service"),
            ("A Node.js HTTP service returning the time as JSON", "npm:http-service"),
            ("a JavaScript library for dates", "npm:library"),
            ("Python word counter", "python:command-line-tool"),
            ("a python3 script that sorts lines", "python:command-line-tool"),
            ("A Java library for roman numerals", "maven:library"),
            ("a small C++17 library with a ring buffer", "cmake:library"),
            ("a command line tool in c++ which draws a tree", "cmake:command-line-tool"),
            ("a Swift package that parses durations", "swiftpm:library"),
            ("a command line tool, written in Swift, that says hello", "swiftpm:command-line-tool"),
            ("word counter (Rust)", "cargo:command-line-tool"),
            ("Rust: a word counter", "cargo:command-line-tool"),
            ("a rust cli that greps", "cargo:command-line-tool"),
            ("a Rust-based grep", "cargo:command-line-tool"),
            ("a static web page that shows a clock", "web:web-page (default)"),
            ("a web page in plain HTML and CSS", "web:web-page"),
            ("a personal website with three pages", "web:web-page (default)"),
            ("ein Kommandozeilenwerkzeug in Rust, das Wörter zählt", "cargo:command-line-tool"),
            ("用Rust编写的命令行工具", "cargo:command-line-tool"),
            ("a word counter, not in Python but in Rust", "cargo:command-line-tool"),
            ("a tool in Python that converts Java code to C++", "python:command-line-tool"),
            ("in Ruby or Python, a word counter", "python:command-line-tool"),
            ("a Go HTTP service and a static web page", "go:http-service web:web-page"),
            (
                "a Go HTTP service that counts visits and a static web page that shows them",
                "go:http-service web:web-page"
            ),
            (
                "a Rust library that parses dates and a Python tool that uses it",
                "cargo:library python:command-line-tool"
            ),
            ("a Rust tool that downloads a web page", "cargo:command-line-tool"),
            ("a Python HTTP service that returns HTML", "python:http-service"),
            ("I would like a program that tells the weather, written in Java please", "maven:command-line-tool"),
        ] as [(String, String)]
    )
    func asked(text: String, result: String) {
        #expect(summary(detect(text)) == result)
    }

    @Test(
        "takes the default where no language is asked for",
        arguments: [
            ("a command line tool that converts celsius to fahrenheit", "python:command-line-tool (default)"),
            ("a library for configuration files", "python:library (default)"),
            ("configuration of google goggles, ago and cargo-like mango", "python:command-line-tool (default)"),
            ("a tool to find places to go in the city", "python:command-line-tool (default)"),
            ("a timer for laps in go kart racing", "python:command-line-tool (default)"),
            ("let users go back and forth through a list", "python:command-line-tool (default)"),
            ("a go-to list of restaurants", "python:command-line-tool (default)"),
            ("a detector of rust on ships", "python:command-line-tool (default)"),
            ("a tool that logs cars covered in rust", "python:command-line-tool (default)"),
            ("a swift reply generator", "python:command-line-tool (default)"),
            ("a basic web server", "python:http-service (default)"),
            ("a tool that counts the lines of Java files", "python:command-line-tool (default)"),
            ("a REST API for a todo list", "python:http-service (default)"),
            ("", "python:command-line-tool (default)"),
            ("🦊🦊🦊", "python:command-line-tool (default)"),
            ("the of and to", "python:command-line-tool (default)"),
            ("a vitamin C tracker", "python:command-line-tool (default)"),
            ("a ruby ring catalogue and a shell collection", "python:command-line-tool (default)"),
            ("a poem generator with poems written in English", "python:command-line-tool (default)"),
            ("something from scratch, no JavaScript", "python:command-line-tool (default)"),
        ] as [(String, String)]
    )
    func usual(text: String, result: String) {
        #expect(summary(detect(text)) == result)
    }

    @Test(
        "notices a language that no guide knows",
        arguments: [
            ("a word counter in Haskell", "unknown Haskell"),
            ("a COBOL program for payroll", "unknown COBOL"),
            ("a C# console application", "unknown C#"),
            ("a command line tool written in Brainfuck", "unknown Brainfuck"),
            ("a tool written in Klingonlang", "unknown Klingonlang"),
            ("a tool in C that counts words", "unknown C"),
            ("a bash script that renames files", "unknown bash"),
            ("a Ruby on Rails application", "unknown Ruby on Rails"),
            ("a Kotlin library and a Python tool", "unknown Kotlin"),
            ("an app using Flutter", "unknown Flutter"),
        ] as [(String, String)]
    )
    func unknown(text: String, result: String) {
        #expect(summary(detect(text)) == result)
    }

    @Test("says what was assumed")
    func notes() {
        let finding = detect("something that sorts my photos")
        #expect(
            finding.notes == [
                "The description names no language or stack, so Python is used, the default.",
                "The description names no kind of project, so the Python part is a command line tool.",
            ]
        )
        #expect(
            detect("a Rust HTTP service").notes
                == ["There is no starter for an HTTP service in Rust, so it begins as a command line tool."]
        )
        #expect(detect("a Rust library").notes == [])
    }

    @Test("is the same for the same text and takes little time for a long one", .timeLimit(.minutes(1)))
    func long() {
        let text = String(repeating: "go rust in and a Python ", count: 2_000)
        #expect(detect(text) == detect(text))
    }

    @Test("finds nothing where there are no guides")
    func none() {
        let finding = StackDetection.detect("a Rust tool", among: [], defaultGuide: "python")
        #expect(finding.parts.isEmpty)
    }

    @Test("reads any sequence of its own words and marks", arguments: 1...20 as ClosedRange<UInt64>)
    func anything(seed: UInt64) throws {
        let vocabulary = [
            "a", "and", "or", "in", "with", "using", "that", "not", "Go", "go", "rust", "Rust", "Swift", "package",
            "swift package",
            "Python", "C", "c++", "HTML", "static", "web page", "service", "called", "to", "for", "written", ",", ".",
            "(", ")",
            "\"", "-", "/", "Haskell", "Ruby", "on", "Rails", "instead", "of", "converts", "🦊", "用", "1", "is",
            "language",
        ]
        let subjects =
            Self.subjects + [
                StackSubject(
                    name: "x",
                    title: "X",
                    words: ["swift package manager", "package", "page"],
                    kinds: [.library]
                )
            ]
        var state = seed
        for _ in 0..<100 {
            var words: [String] = []
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                words.append(vocabulary[Int(state >> 33) % vocabulary.count])
            }
            let text = words.joined(separator: " ")
            let finding = StackDetection.detect(text, among: subjects, defaultGuide: "python")
            #expect(finding.parts.isEmpty == (finding.unknown != nil))
            #expect(Set(finding.parts.map(\.guide)).count == finding.parts.count)
            try TitleError.check(DescriptionTitle.title(of: text))
        }
    }
}
