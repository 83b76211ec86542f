import Core
import Models

/// Inputs that several suites use.
enum Samples {
    static let rust = GuideBrief(
        name: "cargo",
        title: "Rust",
        words: ["rust", "cargo"],
        kinds: [.commandLineTool, .library]
    )
    static let python = GuideBrief(
        name: "python",
        title: "Python",
        words: ["python"],
        kinds: [.commandLineTool, .library, .httpService]
    )
    static let component = PlannedComponent(
        name: "count-words",
        guide: "cargo",
        kind: .commandLineTool,
        path: "",
        description: "counts words"
    )

    static func planInput(_ description: String) -> PlanInput {
        PlanInput(description: description, guides: [rust, python], defaultGuide: "python")
    }
}
