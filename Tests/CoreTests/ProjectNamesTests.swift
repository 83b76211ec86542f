import Core
import TestSupport
import Testing

@Suite("A project's names", .tags(.small))
struct ProjectNamesTests {
    @Test(
        "are made of the title",
        arguments: [
            ("Count Words", "count-words", "count_words", "CountWords"),
            ("  Größe & Maß!  ", "groesse-mass", "groesse_mass", "GroesseMass"),
            ("Don't Panic", "dont-panic", "dont_panic", "DontPanic"),
            ("Счётчик слов", "schetchik-slov", "schetchik_slov", "SchetchikSlov"),
            ("2048 Game", "project-2048-game", "project_2048_game", "Project2048Game"),
            ("../../etc/passwd", "etc-passwd", "etc_passwd", "EtcPasswd"),
            ("🦊🦊", "project", "project", "Project"),
            ("単語を数える", "project", "project", "Project"),
            ("", "project", "project", "Project"),
            ("a\u{0}b\u{1b}[31m", "a-b-31m", "a_b_31m", "AB31m"),
            ("-rf --help", "rf-help", "rf_help", "RfHelp"),
        ] as [(String, String, String, String)]
    )
    func names(title: String, name: String, module: String, type: String) {
        let names = ProjectNames(name: title, title: title, description: "x")
        #expect(names.name == name)
        #expect(names.module == module)
        #expect(names.type == type)
    }

    @Test(
        "avoid keywords, standard libraries and build targets",
        arguments: ["class", "Test", "String", "calendar", "JSON", "main", "String Builder", "fmt", "Target", "Self"]
    )
    func reserved(title: String) {
        #expect(ProjectNames.slug(of: title).hasSuffix("-app"))
    }

    @Test("have limits")
    func limits() {
        let long = String(repeating: "word ", count: 10_000)
        let names = ProjectNames(name: long, title: long, description: "")
        #expect(names.name.count <= ProjectNames.nameLimit)
        #expect(names.title.count <= ProjectNames.titleLimit)
        #expect(ProjectNames.slug(of: String(repeating: "w", count: 50_000)).count == ProjectNames.nameLimit)
    }

    @Test("stay the same when they are made of a name", arguments: ["Count Words", "calendar", "2048", "🦊", "main"])
    func stability(title: String) {
        let slug = ProjectNames.slug(of: title)
        #expect(ProjectNames.slug(of: slug) == slug)
    }

    @Test(
        "are refused for a title that cannot be one",
        arguments: [
            ("", TitleError.empty), (" \n", .empty), ("a\u{7}", .holdsControlCharacters("a\u{7}")),
            ("..", .leavesFolder("..")), ("a/b", .leavesFolder("a/b")),
            (String(repeating: "x", count: 101), .tooLong(count: 101)),
        ]
    )
    func refused(title: String, error: TitleError) {
        #expect(throws: error) { try ProjectNames(title: title) }
    }

    @Test("keep the description, but for characters that control or hide text")
    func description() {
        let names = ProjectNames(name: "t", title: "T", description: "a\r\nb\u{202E}c\u{7}\u{2028}d\te🦊")
        #expect(names.description == "a\nbc\nd\te🦊")
        #expect(names.summary == "a bc d e🦊")
    }
}

@Suite("A template", .tags(.small))
struct TemplateTests {
    private let names = ProjectNames(
        name: "say-hi",
        title: "Say \"Hi\"",
        description: "Line */ one \"quoted\" \\ ${x} <b>&\nLine two {{name}}"
    )

    @Test(
        "writes each value so that it is safe where it stands",
        arguments: [
            ("{{name}}/{{module}}/{{Type}}", "say-hi/say_hi/SayHi"),
            ("// {{description}}", "// Line * / one 'quoted' / (x) (b)and Line two ((name))"),
            ("\"{{description:quoted}}\"", #""Line */ one \"quoted\" \\ ${x} <b>&\nLine two {{name}}""#),
            ("<p>{{title:markup}}</p>", "<p>Say &#39;Hi&#39;</p>"),
            ("{{description:quotation}}", "> Line \\*/ one \"quoted\" \\\\ ${x} \\<b\\>\\&\n> Line two {{name}}"),
        ] as [(String, String)]
    )
    func written(text: String, result: String) {
        #expect(Template(text).rendered(with: names) == result)
    }

    @Test("leaves double braces of other languages alone", arguments: ["{{}}", "style={{ a: 1 }}", "{{", "${{ x }}"])
    func ordinary(text: String) {
        #expect(Template(text).unknownPlaceholder == nil)
        #expect(Template(text).rendered(with: names) == text)
    }

    @Test("names the first placeholder that nobody knows", arguments: ["{{nmae}}", "{{title:loud}}", "{{a:b:c}}"])
    func unknown(text: String) {
        #expect(Template("x {{name}} \(text)").unknownPlaceholder == text)
    }
}
