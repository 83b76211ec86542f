import Core

/// Answers `plan` from the words of the description.
enum BuiltinPlan {
    /// Unicode scalars of a description that go into a component; the schema allows as many.
    private static let descriptionLimit = 400_000

    static func answer(_ input: PlanInput) -> Plan {
        let subjects = input.guides.map {
            StackSubject(name: $0.name, title: $0.title, words: $0.words, kinds: $0.kinds)
        }
        let finding = StackDetection.detect(input.description, among: subjects, defaultGuide: input.defaultGuide)
        let stackWords = Set(input.guides.flatMap { $0.words + [$0.name] }.map { $0.lowercased() })
        let title = DescriptionTitle.title(of: input.description, stackWords: stackWords)
        if let unknown = finding.unknown {
            return refusal(title, "no guide knows the stack '\(unknown)'", input.guides)
        }
        guard !finding.parts.isEmpty else { return refusal(title, "there are no guides to build with", input.guides) }
        let components = components(finding.parts.prefix(8), title: title, description: input.description)
        var guides: [String] = []
        for part in components where !guides.contains(part.guide) { guides.append(part.guide) }
        return Plan(
            title: title,
            summary: summary(components, input.guides),
            stack: guides,
            components: components,
            assumptions: Array(finding.notes.prefix(19)) + [
                "No model was asked, so a starter is made; what is described beyond stack and kind is not written."
            ]
        )
    }

    private static func refusal(_ title: String, _ reason: String, _ guides: [GuideBrief]) -> Plan {
        let known = guides.map(\.title).joined(separator: ", ")
        let text = guides.isEmpty ? reason : "\(reason); the guides are for \(known)"
        return Plan(
            title: title,
            summary: "Nothing is built.",
            stack: [],
            components: [],
            refusal: SafeText.cut(text, limit: 900)
        )
    }

    private static func components(
        _ parts: ArraySlice<StackPart>,
        title: String,
        description: String
    ) -> [PlannedComponent] {
        let text = self.description(description, title)
        let slug = ProjectNames.slug(of: title)
        guard parts.count > 1 else {
            return parts.map {
                PlannedComponent(name: slug, guide: $0.guide, kind: $0.kind, path: "", description: text)
            }
        }
        var folders: Set<String> = []
        return parts.map { part in
            var folder = part.kind.folder
            if folders.contains(folder) { folder += "-" + ProjectNames.slug(of: part.guide) }
            folders.insert(folder)
            return PlannedComponent(
                name: name(slug, folder),
                guide: part.guide,
                kind: part.kind,
                path: folder,
                description: text
            )
        }
    }

    /// A component's name: as many words of the project's as fit before the folder's.
    private static func name(_ slug: String, _ folder: String) -> String {
        var words: [Substring] = []
        for word in slug.split(separator: "-") {
            let length = words.reduce(0) { $0 + $1.count + 1 } + word.count
            guard length + 1 + folder.count <= ProjectNames.nameLimit else { break }
            words.append(word)
        }
        return words.isEmpty ? folder : words.joined(separator: "-") + "-" + folder
    }

    private static func description(_ text: String, _ title: String) -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { return title }
        guard text.unicodeScalars.count > descriptionLimit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(descriptionLimit)))
    }

    private static func summary(_ components: [PlannedComponent], _ guides: [GuideBrief]) -> String {
        let parts = components.map { component in
            let title = guides.first { $0.name == component.guide }?.title ?? component.guide
            return "\(component.kind.phrase) (\(title))"
        }
        return SafeText.cut("A starter: " + parts.joined(separator: " and ") + ".", limit: 1_000)
    }
}

extension ProjectKind {
    /// The folder of a component of this kind beside others.
    fileprivate var folder: String {
        switch self {
        case .commandLineTool: "tool"
        case .library: "library"
        case .httpService: "service"
        case .webPage: "web"
        }
    }
}
