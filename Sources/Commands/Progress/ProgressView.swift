internal import CommandLineKit
package import Core

/// Draws a run's progress: a live view at the foot of a terminal, or plain lines where there is none.
///
/// Each frame is one write that overwrites the one before line by line, so nothing flickers.
package actor ProgressView {
    private var model: ProgressModel
    private let isLive: Bool
    private let clock: any WallClock
    private let write: @Sendable (String) -> Void
    private let width: @Sendable () -> Int
    /// Lines that stay, not yet on the screen.
    private var pending: [String] = []
    /// Lines of the frame on the screen.
    private var drawn = 0

    /// How often the live view is drawn: ten times a second.
    package static let interval = Duration.milliseconds(100)

    package init(
        isLive: Bool,
        style: Style,
        clock: any WallClock,
        width: @escaping @Sendable () -> Int,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.isLive = isLive
        self.clock = clock
        self.width = width
        self.write = write
        model = ProgressModel(began: clock.milliseconds, style: style)
    }

    /// Shows what happened: at once as a plain line, or above the live view when that is drawn next.
    package func show(_ activity: Activity) {
        guard let line = model.handle(activity) else { return }
        say(line)
    }

    /// Takes in what happened before, which is no news.
    package func absorb(_ past: [Activity]) {
        model.absorb(past)
    }

    /// Says something of the process itself, where it does not disturb the live view.
    package func say(_ line: String) {
        if isLive {
            pending.append(line)
        } else {
            write(line + "\n")
        }
    }

    package func note(line: String, of step: String) {
        model.handle(line: line, of: step)
    }

    /// Draws the live view as it is now; does nothing without a terminal.
    package func draw() {
        guard isLive else { return }
        replaceFrame(with: model.frame(at: clock.milliseconds, width: max(20, width() - 1)))
    }

    /// Takes the live view away; what stays on the screen are the lines above it.
    package func finish() {
        guard isLive else { return }
        replaceFrame(with: [])
    }

    private func replaceFrame(with frame: [String]) {
        let up = drawn > 0 ? "\u{1b}[\(drawn)A" : ""
        // Each line is cleared behind its new text, and at the end what the frame before had more of.
        let lines = (pending + frame).map { "\r\($0)\u{1b}[K\n" }.joined()
        write(up + lines + "\u{1b}[J")
        pending = []
        drawn = frame.count
    }
}
