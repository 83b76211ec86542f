package import Core

/// A file that is not YAML, or not the YAML that was asked for, with the place of the mistake.
package struct YAMLError: ReportableError, Hashable {
    package let place: YAMLPlace
    /// What is wrong, without the place.
    package let message: String
    package let hint: String?

    package init(at place: YAMLPlace, _ message: String, hint: String? = nil) {
        self.place = place
        self.message = message
        self.hint = hint
    }

    package var kind: FaultKind { .configuration }
    package var description: String { "\(place.description.printable): \(message)" }
}
