/// The small words around the name of a language.
enum LanguageWords {
    /// Words after which a name is the language that is used.
    static let introducers: Set<String> = ["in", "using", "with", "use", "uses", "via", "on"]
    /// Words before an introducer that leave no doubt.
    static let verbs: Set<String> = ["written", "built", "implemented", "developed", "coded", "programmed"]
    /// Words that may follow a language without its belonging to them.
    static let connectors: Set<String> = [
        "and", "or", "for", "to", "that", "which", "with", "on", "as", "so", "but", "because", "please", "without",
        "only", "from", "by", "where", "is", "if", "when", "not", "instead", "rather", "than", "plus",
    ]
    static let articles: Set<String> = ["a", "an", "the", "any", "in", "use", "using"]
    static let negations: Set<String> = ["not", "no", "without", "than", "of", "from", "never", "avoid", "avoiding"]
    /// Words that end the part of a description that says what is made.
    static let clauses: Set<String> = ["that", "which", "who", "where", "to", "for", "so", "when", "whose"]
    /// What is made of software: `a Go program`.
    static let nouns: Set<String> = [
        "program", "programs", "tool", "tools", "cli", "command", "library", "libraries", "lib", "package", "module",
        "crate", "service", "microservice", "server", "app", "application", "api", "backend", "frontend",
        "script", "scripts", "project", "code", "web", "website", "http", "rest", "json", "grpc", "binary",
        "executable", "utility", "terminal", "console", "sdk", "framework", "based", "language", "implementation",
        "daemon", "bot", "codebase", "starter", "component", "components", "class", "game",
    ]

    /// Names of languages and tools that are ordinary words too: standing there alone they say nothing.
    static let ordinary: Set<String> = [
        "ada", "apl", "assembly", "basic", "c", "cargo", "clean", "crate", "crystal", "d", "dart", "delphi", "eiffel",
        "elm", "express", "factor", "flask", "forth", "go", "hack", "io", "j", "julia", "lean", "logo", "lua", "make",
        "maven", "mercury", "mojo", "nest", "next", "nim", "node", "oak", "odin", "opa", "pascal", "perl", "pike",
        "pony", "processing", "r", "racket", "rails", "reason", "red", "ruby", "rust", "sail", "scala", "scheme",
        "scratch", "shell", "spring", "swift", "unison", "v", "web",
    ]

    /// Languages by name, so that asking for one that no guide knows can be answered with those that are known.
    static let languages: [String] = [
        "abap", "ada", "apl", "applescript", "assembler", "assembly", "awk", "bash", "basic", "brainfuck", "c", "c#",
        "clojure", "clojurescript", "cobol", "coffeescript", "common lisp", "crystal", "csharp", "cuda", "d", "dart",
        "delphi", "deno", "dotnet", ".net", "elixir", "elm", "erlang", "f#", "flutter", "forth", "fortran", "fsharp",
        "gleam", "groovy", "hack", "haskell", "haxe", "idris", "j", "julia", "kotlin", "laravel", "lean", "lisp",
        "logo", "lua", "mathematica", "matlab", "mojo", "nim", "objective-c", "ocaml", "octave", "odin", "pascal",
        "perl", "php", "pl/sql", "pony", "powershell", "prolog", "purescript", "r", "racket", "rails", "raku",
        "reasonml", "rescript", "rexx", "roc", "ruby", "ruby on rails", "sas", "scala", "scheme", "scratch", "shell",
        "smalltalk", "solidity", "tcl", "unison", "v", "vala", "vb", "vb.net", "vba", "verilog", "vhdl",
        "visual basic", "wolfram", "zig", "zsh",
    ]
}

/// The words that speak for a kind of project, with their weights.
enum KindWords {
    static func words(for kind: ProjectKind) -> [(phrase: String, weight: Int)] {
        switch kind {
        case .commandLineTool:
            weigh(10, "command line", "commandline", "cli", "command-line tool", "console application", "terminal app")
                + weigh(5, "terminal", "console", "script", "utility", "shell command")
                + weigh(4, "tool", "program", "executable")
        case .library:
            weigh(10, "library", "sdk", "npm package", "python package", "reusable package", "client library")
                + weigh(8, "crate", "lib", "package", "module")
        case .httpService:
            weigh(10, "http service", "http server", "http api", "rest api", "rest service", "web service")
                + weigh(10, "web server", "api server", "json api", "web api", "microservice", "restful", "http")
                + weigh(10, "backend service")
                + weigh(6, "api", "server", "service", "backend", "endpoint", "endpoints", "webhook", "rest")
        case .webPage:
            weigh(14, "web page", "webpage", "website", "web site", "landing page", "homepage", "home page")
                + weigh(14, "static site", "static page", "html page", "portfolio page", "single page", "web pages")
                + weigh(6, "html", "css", "page")
        }
    }

    private static func weigh(_ weight: Int, _ phrases: String...) -> [(phrase: String, weight: Int)] {
        phrases.map { ($0, weight) }
    }
}
