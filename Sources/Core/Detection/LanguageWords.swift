/// The small words around the name of a language.
enum LanguageWords {
    /// Words before a name that say that it is what is used; some of other languages among them.
    static let introducers: Set<String> = [
        "in", "using", "use", "uses", "via", "with", "en", "mit", "avec", "con", "em", "com", "på", "на",
        "med", "w", "z", "dengan", "usando", "utilisant", "utilizando",
    ]
    /// Of these, those that stand before many other things, too.
    static let looseIntroducers: Set<String> = ["with", "w", "z", "con", "com", "med", "avec", "mit"]
    /// Words between an introducer and the name.
    static let fillers: Set<String> = [
        "only", "just", "plain", "pure", "modern", "idiomatic", "vanilla", "standard", "latest", "the", "safe",
        "stable",
    ]
    /// Words before `in` that leave no doubt.
    static let verbs: Set<String> = [
        "written", "built", "implemented", "developed", "coded", "programmed", "made", "done", "write", "build",
        "implement", "develop", "code", "program", "create", "it", "geschrieben",
    ]
    /// Verbs that only code is the object of.
    static let codingVerbs: Set<String> = ["written", "implemented", "coded", "programmed", "developed"]
    static let preferences: Set<String> = [
        "prefer", "like", "want", "love", "choose", "pick", "language", "stack", "lang",
    ]
    /// Words that may follow a language without its belonging to them.
    static let connectors: Set<String> = [
        "and", "or", "for", "to", "that", "which", "with", "on", "as", "so", "but", "because", "please", "without",
        "only", "from", "by", "where", "is", "if", "when", "not", "instead", "rather", "than", "plus", "using", "via",
        "named", "called", "programming", "language", "it", "i", "who", "whose", "at", "exposing", "printing",
        "counting",
        "und", "et", "y", "das", "die", "der", "que", "qui", "pour", "für", "para", "который", "которая", "для", "и",
    ]
    static let articles: Set<String> = ["a", "an", "the", "my", "our", "one", "another", "some", "me", "new"]
    static let makers: Set<String> = [
        "write", "make", "build", "create", "implement", "develop", "generate", "me", "need", "want",
    ]
    static let negations: Set<String> = [
        "not", "no", "without", "than", "never", "avoid", "avoiding", "unlike", "don't", "dont", "kein", "nicht",
    ]
    /// Words that end the part of a description that says what is made.
    static let clauses: Set<String> = [
        "that", "which", "who", "where", "to", "for", "so", "when", "whose", "of", "from",
    ]
    /// What follows a name in `a Go program`.
    static let nouns: Set<String> = [
        "program", "tool", "cli", "command", "command-line", "library", "lib", "package", "module", "crate", "service",
        "microservice", "server", "app", "application", "api", "backend", "back-end", "frontend", "front-end", "script",
        "project", "web", "website", "http", "rest", "json", "grpc", "binary", "executable", "utility", "terminal",
        "console", "sdk", "framework", "language", "implementation", "daemon", "bot", "codebase", "starter",
        "component",
        "client", "worker", "programming", "static", "small", "simple", "tiny", "minimal", "function", "class", "game",
        "demo", "example", "parser", "generator", "compiler", "linter", "formatter", "wrapper", "version", "port",
    ]
    /// What follows a name when the language is what the software deals with.
    static let objects: Set<String> = [
        "files", "file", "code", "sources", "source", "projects", "classes", "modules", "packages", "snippets",
        "syntax",
        "repositories", "logs", "developers", "programmers", "style", "format", "formats", "scripts", "programs",
        "kart",
        "templates", "template", "output", "reports", "tables", "forms", "tags", "expressions", "functions",
        "docstrings",
        "documents", "stones", "board", "boards", "player", "players", "kernel", "dependencies", "imports", "apps",
        "tests",
        "succession", "removal", "stains", "spots", "protection",
    ]
    /// Words before `go` that make it a verb.
    static let verbSubjects: Set<String> = [
        "to", "can", "will", "would", "could", "should", "must", "may", "might", "i", "we", "you", "they", "users",
        "lets",
        "let's", "and", "or", "on", "people", "who", "that", "things", "not", "don't", "us", "them", "then",
    ]
    /// Words after `covered in` and its like are no languages.
    static let coverings: Set<String> = ["covered", "coated", "drowning", "covering"]

    /// Names of languages and guides that are ordinary words as well, whatever list a guide has them in.
    static let ordinary: Set<String> = [
        "go", "rust", "swift", "node", "basic", "c", "d", "r", "j", "v", "dart", "crystal", "ruby", "julia", "elm",
        "ada",
        "scheme", "racket", "nim", "lean", "pony", "roc", "odin", "mojo", "forth", "elixir", "flutter", "rails",
        "assembly",
        "assembler", "shell", "awk", "lisp", "pascal", "make", "perl", "scala", "hack", "express", "spring", "gin",
        "zig",
        "apl", "solid", "spark", "tcl", "delphi", "processing", "cargo", "crate", "react", "pip", "jar",
    ]
    /// What no one means by `written in …`.
    static let otherWritings: Set<String> = [
        "english", "german", "french", "spanish", "italian", "latin", "chinese", "japanese", "russian", "arabic",
        "greek",
        "hebrew", "hindi", "korean", "portuguese", "dutch", "polish", "turkish", "markdown", "json", "yaml", "toml",
        "xml",
        "csv", "html", "css", "sql", "latex", "tex", "utf-8", "unicode", "ascii", "braille", "morse", "plain", "roman",
        "excel", "word", "the", "a", "an", "one", "my", "our", "any", "each", "this", "that", "pen", "ink", "january",
        "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]

    /// Languages by name, so that asking for one that no guide knows is noticed.
    static let languages: [String] = [
        "abap", "ada", "agda", "apex", "apl", "applescript", "assembler", "assembly", "awk", "bash", "basic", "befunge",
        "brainfuck", "c", "c#", "clojure", "clojurescript", "cobol", "coffeescript", "common lisp", "coq", "crystal",
        "csharp",
        "c sharp", "cuda", "d", "dart", "delphi", "dotnet", ".net", "elixir", "elm", "emacs lisp", "erlang", "f#",
        "flutter",
        "forth", "fortran", "fsharp", "gleam", "groovy", "haskell", "haxe", "idris", "intercal", "j", "julia", "kotlin",
        "laravel", "lean", "lisp", "lolcode", "lua", "malbolge", "mathematica", "matlab", "mojo", "nim", "objective-c",
        "objective c", "ocaml", "octave", "odin", "pascal", "perl", "php", "pl/sql", "pony", "powershell", "prolog",
        "purescript", "r", "racket", "rails", "raku", "reasonml", "rescript", "rexx", "roc", "ruby", "ruby on rails",
        "sas",
        "scala", "scheme", "shell", "smalltalk", "solidity", "standard ml", "tcl", "typescript", "javascript", "v",
        "vala",
        "vb", "vb.net", "vba", "verilog", "vhdl", "visual basic", "wolfram", "zig", "zsh", "java", "python", "go",
        "golang",
        "rust", "swift", "c++", "cpp", "node.js", "nodejs",
    ]
}

/// The words that speak for a kind of project, with their weights.
enum KindWords {
    static let all: [(kind: ProjectKind, phrases: [(phrase: String, weight: Int)])] = [
        (
            .commandLineTool,
            weigh(10, "command line", "command-line", "commandline", "cli", "console application", "terminal app")
                + weigh(6, "terminal", "console", "script", "utility", "shell command", "kommandozeilenwerkzeug")
                + weigh(4, "tool", "program", "executable", "programm", "programme", "programa")
        ),
        (
            .library,
            weigh(10, "library", "sdk", "reusable package", "bibliothek", "bibliothèque", "biblioteca")
                + weigh(8, "crate", "lib", "package", "module")
        ),
        (
            .httpService,
            weigh(
                10,
                "http service",
                "http server",
                "http api",
                "rest api",
                "rest service",
                "web service",
                "web server"
            )
                + weigh(10, "api server", "json api", "web api", "microservice", "restful", "http", "backend service")
                + weigh(
                    6,
                    "api",
                    "server",
                    "service",
                    "backend",
                    "back-end",
                    "endpoint",
                    "endpoints",
                    "webhook",
                    "rest"
                )
                + weigh(6, "servicio", "dienst", "servidor")
        ),
        (
            .webPage,
            weigh(14, "web page", "webpage", "website", "web site", "landing page", "homepage", "home page", "webseite")
                + weigh(14, "static site", "static page", "html page", "portfolio page", "single page", "web pages")
                + weigh(14, "page web", "página web", "static web page")
                + weigh(6, "html", "css", "page")
        ),
    ]

    private static func weigh(_ weight: Int, _ phrases: String...) -> [(phrase: String, weight: Int)] {
        phrases.map { ($0, weight) }
    }
}
