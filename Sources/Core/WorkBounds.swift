/// How much of each kind of work one run may ask for: the same ranges for pipelines and for settings.
package enum WorkBounds {
    /// Components that are built side by side.
    package static let width = 1...32
    /// Rounds of one chat.
    package static let rounds = 1...20
    /// Passes of one loop.
    package static let passes = 1...20
}
