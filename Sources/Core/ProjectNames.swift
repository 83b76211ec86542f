/// What a project or a component is called in the places that need a name, and its description.
///
/// Every name is valid in all stacks at once: as a folder, a Cargo, npm and Python package, a Go and Java package, a
/// CMake target and a Swift module, and it is no keyword and no name of a standard library.
package struct ProjectNames: Codable, Sendable, Hashable {
    /// The longest ``name``, in characters.
    package static let nameLimit = 40
    /// The longest title, in characters.
    package static let titleLimit = 100
    /// The name of a project whose title holds no usable letters.
    package static let fallback = "project"

    /// Lower-case words with hyphens: `count-words`.
    package let name: String
    /// One line without characters that mean something to any stack: `Count Words`.
    package let title: String
    /// The beginning of the description, in one line.
    package let summary: String
    /// The description without control characters, of any length.
    package let description: String

    /// The names of a project.
    ///
    /// - Throws: ``TitleError`` for a title that is empty, too long, not printable or a path.
    package init(title: String, description: String = "") throws(TitleError) {
        try TitleError.check(title)
        self.init(name: title, title: title, description: description)
    }

    /// The names of a component that has a name of its own; any text will do.
    package init(name: String, title: String, description: String) {
        self.name = Self.slug(of: name)
        let line = SafeText.line(title, limit: Self.titleLimit)
        self.title = line.isEmpty ? "Project" : line
        self.description = SafeText.clean(description)
        let summary = SafeText.line(description, limit: 120)
        self.summary = summary.isEmpty ? self.title : summary
    }

    /// The name in words joined by underscores: `count_words`.
    package var module: String { name.replacing("-", with: "_") }

    /// The name as a type: `CountWords`.
    package var type: String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    package subscript(value: Template.Value) -> String {
        switch value {
        case .name: name
        case .module: module
        case .type: type
        case .title: title
        case .summary: summary
        case .description: description
        }
    }

    /// A name for any text: a slug of letters and digits of ASCII that is free in every stack.
    package static func slug(of text: String) -> String {
        var words: [String] = []
        var length = 0
        for word in Latin.letters(of: text.prefix(1_000)).split(separator: "-") {
            guard length + word.count + words.count <= nameLimit else { break }
            words.append(String(word))
            length += word.count
        }
        if words.isEmpty, let first = Latin.letters(of: text.prefix(1_000)).split(separator: "-").first {
            words = [String(first.prefix(nameLimit))]
        }
        guard let first = words.first else { return fallback }
        if first.first?.isNumber == true { words.insert(fallback, at: 0) }
        let slug = words.joined(separator: "-")
        return ReservedNames.contains(slug) ? slug + "-app" : slug
    }
}

/// A title that no project can have.
package enum TitleError: ReportableError, Equatable {
    case empty
    case tooLong(count: Int)
    case holdsControlCharacters(String)
    case leavesFolder(String)

    package var kind: FaultKind { .usage }

    package var description: String {
        switch self {
        case .empty: "the title is empty"
        case .tooLong(let count): "the title has \(count) characters, more than \(ProjectNames.titleLimit)"
        case .holdsControlCharacters(let title): "the title '\(title.printable)' holds control characters"
        case .leavesFolder(let title): "the title '\(title.printable)' holds a path"
        }
    }

    package var hint: String? { "give a short title of one line in ordinary words" }

    /// Throws unless `title` can be shown on a line and cannot be taken for a path.
    package static func check(_ title: String) throws(TitleError) {
        guard title.contains(where: { !$0.isWhitespace }) else { throw .empty }
        guard title.count <= ProjectNames.titleLimit else { throw .tooLong(count: title.count) }
        guard title.printable == title else { throw .holdsControlCharacters(title) }
        let isPath = title.contains("..") || title.contains { "/\\".contains($0) }
        guard !isPath else { throw .leavesFolder(title) }
    }
}

/// Letters of other alphabets as letters of ASCII.
enum Latin {
    /// Lower-case letters and digits of ASCII; everything else becomes `-`, an apostrophe nothing.
    static func letters(of text: some StringProtocol) -> String {
        var result = ""
        for character in text.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber {
                result.append(character)
            } else if let letters = spellings[character] {
                result += letters
            } else if !["'", "’"].contains(character) {
                result.append("-")
            }
        }
        return result
    }

    private static let spellings: [Character: String] = {
        let groups: [(String, String)] = [
            ("àáâãåāăą", "a"), ("äæ", "ae"), ("çćĉċč", "c"), ("ďđð", "d"), ("èéêëēĕėęě", "e"), ("ĝğġģ", "g"),
            ("ĥħ", "h"), ("ìíîïĩīĭįı", "i"), ("ĵ", "j"), ("ķ", "k"), ("ĺļľŀł", "l"), ("ñńņňŋ", "n"), ("òóôõøōŏő", "o"),
            ("öœ", "oe"), ("ŕŗř", "r"), ("śŝşšș", "s"), ("ß", "ss"), ("ţťŧț", "t"), ("þ", "th"), ("ùúûũūŭůűų", "u"),
            ("ü", "ue"), ("ŵ", "w"), ("ýÿŷ", "y"), ("źżž", "z"),
            ("а", "a"), ("б", "b"), ("в", "v"), ("гґ", "g"), ("д", "d"), ("еёэє", "e"), ("ж", "zh"), ("з", "z"),
            ("иіыї", "i"), ("й", "j"), ("к", "k"), ("л", "l"), ("м", "m"), ("н", "n"), ("о", "o"), ("п", "p"),
            ("р", "r"),
            ("с", "s"), ("т", "t"), ("у", "u"), ("ф", "f"), ("х", "kh"), ("ц", "c"), ("ч", "ch"), ("ш", "sh"),
            ("щ", "shch"), ("ъь", ""), ("ю", "yu"), ("я", "ya"),
            ("αά", "a"), ("β", "b"), ("γ", "g"), ("δ", "d"), ("εέ", "e"), ("ζ", "z"), ("ηήιίϊ", "i"), ("θ", "th"),
            ("κ", "k"), ("λ", "l"), ("μ", "m"), ("ν", "n"), ("ξ", "x"), ("οόωώ", "o"), ("π", "p"), ("ρ", "r"),
            ("σς", "s"), ("τ", "t"), ("υύ", "y"), ("φ", "f"), ("χ", "ch"), ("ψ", "ps"),
        ]
        var table: [Character: String] = [:]
        for (letters, spelling) in groups {
            for letter in letters { table[letter] = spelling }
        }
        return table
    }()
}
