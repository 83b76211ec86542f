import TestSupport
import Testing
import Warehouse

@Suite("The catalogue of fragments", .tags(.small))
struct SkillCatalogueTests {
    private func fragment(
        _ slug: String,
        area: String,
        keywords: String = "",
        tech: String = "",
        weight: String? = nil
    ) throws -> SkillFragment {
        let header =
            "area: \(area)\nname: The \(slug)\nkeywords: [\(keywords)]\ntech: [\(tech)]\n"
            + (weight.map { "weight: \($0)\n" } ?? "")
        let file = KnowledgeFile(
            path: "skills/\(slug).md",
            origin: .user,
            location: "\(slug).md",
            text: "---\n\(header)---\nDo \(slug).\n"
        )
        return try #require(try SkillFragment(files: [file], name: slug))
    }

    private func catalogue(areas: [String] = []) throws -> SkillCatalogue {
        SkillCatalogue(
            [
                try fragment("go-errors", area: "backend", keywords: "backend, errors", tech: "go"),
                try fragment("api", area: "backend", keywords: "api, backend", weight: "1.5"),
                try fragment("css", area: "frontend", keywords: "style, page", tech: "css, html"),
                try fragment("deploy", area: "devops", keywords: "deploy"),
            ],
            areas: areas
        )
    }

    @Test("scores by keyword, technology, slug and area, times the weight")
    func score() throws {
        // go-errors: role 'backend' 5 + task 'errors' 2 + tech 3 + slug in role 4 + area 3 = 17; api: (5 + 3) × 1.5 = 12.
        let found = try catalogue().search(role: "backend go errors", tech: "go", task: "handle errors")
        #expect(found.map(\.slug) == ["go-errors", "api"])
    }

    @Test("weighs a fragment up")
    func weight() throws {
        // api: (5 + 2 + 3) × 1.5 = 15; go-errors: 5 + 3 + 3 = 11.
        let found = try catalogue().search(role: "backend", tech: "go", task: "an api")
        #expect(found.map(\.slug) == ["api", "go-errors"])
    }

    @Test("never takes a part of a word for the word")
    func wholeWords() throws {
        #expect(try catalogue().search(role: "stylesheets", tech: "cssx", task: "deployment of pages").isEmpty)
    }

    @Test("gives three when nobody says how many", arguments: [(0, 3), (-1, 3), (1, 1), (9, 4)])
    func count(asked: Int, given: Int) throws {
        let role = "backend frontend devops"
        #expect(try catalogue().search(role: role, tech: "", task: "", count: asked).count == given)
    }

    @Test("keeps to the areas that are asked for, whatever their case")
    func areas() throws {
        #expect(try catalogue(areas: ["Frontend", " "]).fragments.map(\.slug) == ["css"])
        #expect(try catalogue(areas: []).fragments.count == 4)
        #expect(try catalogue(areas: ["Frontend"]).search(role: "backend", tech: "go", task: "errors").isEmpty)
    }

    @Test("lists one line per fragment by slug")
    func listing() throws {
        #expect(
            try catalogue().listing == """
                api [backend] The api (weight 1.5)
                css [frontend] The css (weight 1)
                deploy [devops] The deploy (weight 1)
                go-errors [backend] The go-errors (weight 1)
                """
        )
    }

    @Test("gives the text of the slugs in their order and skips unknown ones")
    func select() throws {
        #expect(
            try catalogue().select(["deploy", "nope", "api"]) == "### The deploy\nDo deploy.\n\n### The api\nDo api."
        )
    }
}
