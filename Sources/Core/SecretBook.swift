import Synchronization

/// Secrets that become known one after another, such as a key that is renewed, for all who keep them out of texts.
///
/// Nothing is ever taken out: what was a secret once stays one.
package final class SecretBook: Sendable {
    private let known = Mutex<Set<Redactor.Secret>>([])

    package init() {}

    /// Adds a secret under the name that takes its place; one of the same name that is known already stays known.
    ///
    /// One that is shorter than ``Redactor/shortestSecret`` is left out.
    package func add(_ value: String, named name: String) {
        guard value.utf8.count >= Redactor.shortestSecret else { return }
        let secret = Redactor.Secret(name: name, value: Array(value.utf8))
        known.withLock { _ = $0.insert(secret) }
    }

    var secrets: Set<Redactor.Secret> { known.withLock { $0 } }
}
