internal import Core
internal import Engine
internal import Journal

/// Carries what a run records, and what its commands print, to the view.
actor ProgressFeed {
    private let store: any JournalStore
    private let run: RunID
    private let lines: LineRelay
    private let view: ProgressView
    private var last = 0

    init(store: any JournalStore, run: RunID, lines: LineRelay, view: ProgressView) {
        self.store = store
        self.run = run
        self.lines = lines
        self.view = view
    }

    /// Takes in what the run has recorded so far: the beginning of a run that goes on is no news.
    func catchUp() async {
        var past: [Activity] = []
        while let events = try? await store.events(of: run, after: last, limit: 500), !events.isEmpty {
            for event in events {
                last = event.sequence
                if let activity = await activity(event) { past.append(activity) }
            }
        }
        await view.absorb(past)
    }

    /// Says something of the process itself.
    func say(_ line: String) async {
        await view.say(line)
    }

    /// Shows what happens until the task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            await showNews()
            await view.draw()
            try? await Task.sleep(for: ProgressView.interval)
        }
    }

    /// Shows what is left and takes the live view away.
    func finish() async {
        await showNews()
        await view.finish()
    }

    /// A store that cannot be read costs the view its news, never the run.
    private func showNews() async {
        while let events = try? await store.events(of: run, after: last, limit: 500), !events.isEmpty {
            for event in events {
                last = event.sequence
                if let activity = await activity(event) { await view.show(activity) }
            }
        }
        for (step, line) in lines.take() {
            await view.note(line: line, of: step.description)
        }
    }

    private func activity(_ event: Event) async -> Activity? {
        guard let body = try? await store.body(of: event) else { return nil }
        return Activity(
            at: event.at,
            kind: event.kind.rawValue,
            step: event.step?.description,
            payload: body
        )
    }
}
