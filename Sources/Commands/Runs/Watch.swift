internal import CommandLineKit
internal import Core
internal import Engine
internal import Journal

/// `drydock watch`: a run's events, from the first on.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a run's events from the beginning, and go on until it ends.",
        discussion: "Any number of watchers may look on; none slows the run, and none misses an event."
    )

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @Flag(help: "Print each event as one line of JSON.")
    var jsonl = false

    @Option(help: "Begin after the event of this number.", valueName: "SEQUENCE")
    var after: Int = 0

    @Flag(help: "Stop at the newest event instead of waiting for more.")
    var noFollow = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    /// How often the journal is asked for news.
    private static let interval = Duration.milliseconds(100)

    func validate() throws {
        guard after >= 0 else {
            throw ValidationError("--after cannot be negative", hint: "leave it out to see all events")
        }
    }

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let run = try await dock.service.run(named: run.text)
        let store = dock.service.parts.store
        var last = after
        var began: Int64?
        while !output.isClosed {
            // Asked before the events are read, so that none is missed between the two.
            let hasEnded = try await hasStopped(run, dock)
            while true {
                let events = try await store.events(of: run, after: last, limit: 500)
                guard let newest = events.last else { break }
                last = newest.sequence
                began = began ?? events.first?.at
                for event in events { try await print(event, began: began ?? event.at, store, output) }
            }
            if hasEnded || noFollow { return }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Whether nothing drives the run any more.
    private func hasStopped(_ run: RunID, _ dock: Dock) async throws -> Bool {
        let state = try await dock.service.report(run).state
        guard state == .running else { return true }
        return try await !dock.service.isDriven(run)
    }

    private func print(_ event: Event, began: Int64, _ store: any JournalStore, _ output: Output) async throws {
        if jsonl || output.isJSON {
            return try output.jsonLine(EventReport(event))
        }
        let body = try await store.body(of: event)
        let step = event.step?.description
        guard let activity = Activity(at: event.at, kind: event.kind.rawValue, step: step, payload: body) else {
            return
        }
        if let line = ActivityLine(activity, since: began, style: output.style) { try output.result(line.text) }
    }
}

/// An event as `watch --jsonl` prints it: as it is recorded, with the hashes of the values that belong to it.
private struct EventReport: Encodable {
    let run: RunID
    let sequence: Int
    let at: Int64
    let kind: String
    let step: StepPath?
    let input: Digest?
    let result: Digest?
    let body: JSONValue
    let hash: Digest

    init(_ event: Event) {
        run = event.run
        sequence = event.sequence
        at = event.at
        kind = event.kind.rawValue
        step = event.step
        input = event.input
        result = event.result
        body = event.body
        hash = event.hash
    }
}
