internal import CommandLineKit
internal import Core
internal import Engine
internal import Models
internal import Sandbox
internal import Settings
internal import Snapshots

extension SnapshotChoice: ExpressibleByArgument {}
extension IsolationChoice: ExpressibleByArgument {}
extension ToolchainPreference: ExpressibleByArgument {}

/// `drydock new`: the main job.
struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build, check and keep a project from its description.",
        discussion: """
            Ends with 0 when the project was made and its checks passed. Interrupt once to cancel the run, twice to \
            stop at once; what was terminated or killed goes on with 'drydock resume'.
            """,
        examples: [
            CommandExample(
                "drydock new \"a command line tool in Rust that counts the words of a file\"",
                "Make it in a folder named after its title."
            ),
            CommandExample("drydock new - --into notes <description.txt", "Read the description from a file."),
            CommandExample("drydock new --json \"a Go library for roman numbers\"", "One JSON object, for a script."),
        ]
    )

    @Argument(help: "What to build, in ordinary words; '-' reads it from standard input.", valueName: "DESCRIPTION")
    var description: String?

    @Option(
        name: .letter("o"),
        help: "Where the result goes. (default: a folder named after the title)",
        valueName: "FOLDER",
        completion: .folder
    )
    var into: String?

    @OptionGroup
    var choices: RunChoices

    @OptionGroup(title: "Recordings")
    var recordings: PlaybackOptions

    @Option(help: "Write all calls and answers to a file.", valueName: "FILE", completion: .file)
    var record: String?

    @OptionGroup(title: "Output")
    var output: OutputOptions

    func validate() throws {
        guard into != "" else {
            throw ValidationError(
                "the folder's name is empty",
                hint: "name one, or leave --into out for a folder named after the title"
            )
        }
        if choices.model != nil, recordings.playback != nil || recordings.replay != nil {
            throw ValidationError(
                "--model has no use with --playback and --replay: the recorded answers are given again",
                hint: "leave it out"
            )
        }
        guard description != nil || recordings.playback != nil || recordings.replay != nil else {
            throw ValidationError("the argument DESCRIPTION is missing", hint: "say what to build, or --playback FILE")
        }
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings(choices.flags)
        let output = output.makeOutput(settings)
        let into = try into.map(surroundings.absolute)
        // With a folder of its own the result goes there, wherever the person is.
        let base = try into == nil ? surroundings.absolute(".") : surroundings.currentFolder
        let record = try record.map(surroundings.absolute)
        var request = RunRequest(settings, description: try text(), base: base)
        request.into = into
        if settings[SettingKeys.offline] == .on { request.isOffline = true }
        if let record { try Recording.checkFile(record) }
        let (dock, plan) = try await dock(for: &request, surroundings, settings, output)
        let notices = plan?.notices ?? []
        let run = try await dock.service.create(request, catalogue: plan?.catalogue, notices: notices)
        let driver = RunDriver(dock: dock, output: output, recordingFile: record)
        try await driver.drive(run)
    }

    /// The dock with the run's models; whatever can be known to be wrong is refused before a run is recorded.
    private func dock(
        for request: inout RunRequest,
        _ surroundings: Surroundings,
        _ settings: Settings,
        _ output: Output
    ) async throws -> (Dock, ModelPlan?) {
        if let recording = try await recordings.recording(for: &request, surroundings, settings) {
            if description == nil { request.description = recording.header.description }
            try await Self.check(request, surroundings, recording.header.model)
            return (try await Dock.open(surroundings, settings), nil)
        }
        try request.validate()
        let desk = try ModelDesk(surroundings, settings)
        let plan = try await desk.plan()
        request.routes = plan.table
        try ModelPlan.check(request.budget ?? .none, for: plan.table, of: desk)
        if record != nil, plan.hasAgentAsWriter(in: desk.agents) { throw RecordingError.agentAtWork }
        try await Self.check(request, surroundings, plan.table.first ?? BuiltinModel.identity)
        let dock = try await Dock.open(surroundings, settings).with(plan, of: desk)
        for notice in plan.notices { output.note(notice.printable) }
        return (dock, plan)
    }

    private static func check(
        _ request: RunRequest,
        _ surroundings: Surroundings,
        _ model: ModelIdentity
    ) async throws {
        try RunService.check(request, in: surroundings.warehouse(), for: model)
        try await Isolation(request.isolation).check()
        try surroundings.snapshots.check(request.snapshot == .nix ? .nix : .archive)
    }

    /// The description as a person gave it; empty when a recording has it.
    private func text() throws -> String {
        guard description == "-" else { return description ?? "" }
        let limit = 16 * RunRequest.descriptionLimit
        let bytes = StandardInput.read(limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ValidationError("the description on standard input is not valid UTF-8", hint: "convert it to UTF-8")
        }
        guard bytes.count <= limit else { throw RunError.descriptionTooLong(text.count) }
        return text
    }
}

/// The choices of a run that the configuration makes unless the line does.
struct RunChoices: ParsableArguments {
    @Option(help: "The pipeline to follow.", valueName: "NAME", completion: Pipelines.names)
    var pipeline: String?

    @Option(help: "What plans and writes: PROVIDER/MODEL, a provider, an agent, or builtin.", valueName: "MODEL")
    var model: String?

    @Flag(help: "Reach nothing beyond this machine.")
    var offline = false

    @OptionGroup(title: "Budget")
    var budget: BudgetOptions

    @Option(help: "Where compilers come from.", valueName: "LEVEL")
    var toolchain: ToolchainPreference?

    @Option(help: "What keeps commands apart from this machine.", valueName: "HOW")
    var isolation: IsolationChoice?

    @Option(help: "Where the snapshot is kept.", valueName: "WHERE")
    var snapshot: SnapshotChoice?

    init() {}

    var flags: [SettingFlag?] {
        [
            SettingFlag(SettingKeys.pipeline, pipeline, flag: "--pipeline"),
            SettingFlag(SettingKeys.model, model, flag: "--model"),
            SettingFlag(SettingKeys.offline, offline ? "on" : nil, flag: "--offline"),
            SettingFlag(SettingKeys.toolchain, toolchain?.rawValue, flag: "--toolchain"),
            SettingFlag(SettingKeys.isolation, isolation?.rawValue, flag: "--isolation"),
            SettingFlag(SettingKeys.snapshotBackend, snapshot?.rawValue, flag: "--snapshot"),
        ] + budget.flags
    }
}

extension RunRequest {
    /// A request with everything that the settings say.
    init(_ settings: Settings, description: String, base: String) {
        self.init(description: description, base: base, pipeline: settings[SettingKeys.pipeline])
        snapshot = settings[SettingKeys.snapshotBackend] == .nix ? .nix : .archive
        isolation = settings[SettingKeys.isolation] == .none ? .none : .bubblewrap
        toolchain =
            switch settings[SettingKeys.toolchain] {
            case .auto: .auto
            case .nix: .nix
            case .hostFlake: .hostFlake
            case .host: .host
            }
        nixpkgs = settings[SettingKeys.nixpkgs] == "auto" ? nil : settings[SettingKeys.nixpkgs]
        fixAttempts = settings[SettingKeys.fixAttempts]
        chatRounds = settings[SettingKeys.chatRounds]
        width = settings[SettingKeys.crewWidth]
        limits.seconds = settings[SettingKeys.wallClock]
        limits.memoryBytes = settings[SettingKeys.memory]
        limits.processes = settings[SettingKeys.processes]
        limits.diskBytes = settings[SettingKeys.disk]
        limits.files = settings[SettingKeys.files]
        limits.outputBytes = settings[SettingKeys.output]
        budget = BudgetCaps(settings)
        author = Author(name: settings[SettingKeys.committerName], email: settings[SettingKeys.committerEmail])
    }
}
