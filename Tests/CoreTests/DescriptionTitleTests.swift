import Core
import TestSupport
import Testing

@Suite("A title made of a description", .tags(.small))
struct DescriptionTitleTests {
    @Test(
        "is short and human",
        arguments: [
            ("a command line tool in Rust that counts the words of a file", "Count Words"),
            ("a word counter in Go", "Word Counter"),
            ("A Java library for roman numerals", "Roman Numerals"),
            ("a static web page that shows a clock", "Show Clock"),
            ("an HTTP service in Python that returns the time as JSON", "Return Time"),
            ("a command line tool that converts celsius to fahrenheit", "Convert Celsius to Fahrenheit"),
            ("a small C++17 library with a ring buffer", "Ring Buffer"),
            ("a Swift package that parses durations", "Parse Durations"),
            ("a Node.js tool called Wordy that counts", "Wordy"),
            ("a tool named \"Tick Tock\" in Rust", "Tick Tock"),
            ("a REST API for a todo list", "Todo List"),
            ("Go program to print primes", "Print Primes"),
            ("a personal website", "Personal Website"),
            ("count the words of a file", "Count Words"),
            ("calculator", "Calculator"),
            ("a Go HTTP service and a static web page", "HTTP Service"),
            ("I'd like a small Java program that converts temperatures between scales", "Convert Temperatures"),
            ("I’d love a Go tool to rename files", "Rename Files"),
            ("Let's build a Rust CLI that greps logs", "Grep Logs"),
            ("Can you make me a swift command line tool for counting lines?", "Counting Lines"),
            ("Could you please write a Go program that prints primes", "Print Primes"),
            ("I'm looking for a tool which merges files, in Python", "Merge Files"),
            ("It'd be nice to have a prime printer", "Prime Printer"),
            ("What about a command-line stopwatch in C++?", "Stopwatch"),
            ("Help me write a Rust library for edit distances", "Edit Distances"),
            ("Hello, could I get a Go HTTP server that echoes requests?", "Echo Requests"),
            ("I want you to write a C++ program that plays chess", "Play Chess"),
            ("We have to write a Java library for matrices", "Matrices"),
            ("make love letters", "Love Letters"), ("help desk", "Help Desk"), ("hello world in Rust", "Hello World"),
            ("what I want", "Want"), ("I need", "Need"), ("a terminal calculator", "Calculator"),
            ("ein Wortzähler in Rust", "Wortzähler"),
            ("🦊", "Project"),
            ("", "Project"),
            ("..", "Project"),
        ] as [(String, String)]
    )
    func titles(description: String, title: String) {
        let words: Set = ["rust", "go", "golang", "java", "python", "c++", "swift", "node.js", "html"]
        #expect(DescriptionTitle.title(of: description, stackWords: words) == title)
    }

    @Test(
        "can be shown and made into a name, whatever the description",
        arguments: [
            "\u{0}\u{1b}[31mred\u{202e}", "../../etc/passwd", String(repeating: "x", count: 50_000), "用Rust编写的工具",
            "a/b\\c", "\"\"\"", "a tool called ../x", "the of and to", String(repeating: "👨‍👩‍👧‍👦", count: 10_000),
        ]
    )
    func hostile(description: String) throws {
        let title = DescriptionTitle.title(of: description)
        try TitleError.check(title)
        #expect(title.count <= 50)
        #expect(!ProjectNames.slug(of: title).isEmpty)
    }
}
