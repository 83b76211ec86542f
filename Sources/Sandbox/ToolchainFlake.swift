internal import Core
internal import FoundationEssentials

/// A flake that Nix may evaluate: one of Drydock's own, or one from the user's configuration.
///
/// Evaluating a flake runs code outside the sandbox. A flake of a project's tree, which a model or a cloned repository
/// may have written, therefore has no way into this type: it holds text, never a folder, and its two makers
/// are for the built-in collection and the user's configuration folder. A run's record keeps it as it was.
package struct FlakeSource: Codable, Hashable, Sendable {
    package enum Origin: Codable, Hashable, Sendable {
        case builtIn
        /// The absolute path of the file in the user's configuration folder.
        case user(String)
    }

    /// The name of the stack, such as `rust`, or `host`.
    package let name: String
    /// The text of `flake.nix`.
    package let text: String
    /// The text of `flake.lock`, where there is one.
    package let lock: String?
    package let origin: Origin

    /// A flake that is built into the program.
    package static func builtIn(name: String, text: String, lock: String? = nil) -> FlakeSource {
        FlakeSource(name: name, text: text, lock: lock, origin: .builtIn)
    }

    /// A flake from the user's configuration folder; `path` is where its `flake.nix` lies.
    package static func user(name: String, text: String, lock: String? = nil, path: String) -> FlakeSource {
        FlakeSource(name: name, text: text, lock: lock, origin: .user(path))
    }

    /// Where a person finds the file.
    package var location: String {
        switch origin {
        case .builtIn: "flakes/\(name)/flake.nix"
        case .user(let path): path
        }
    }

    /// The same flake with its inputs pinned by this lock.
    package func locked(by lock: String?) -> FlakeSource {
        FlakeSource(name: name, text: text, lock: lock, origin: origin)
    }

    /// A complaint of Nix that names this file in place of the copies that Nix reads: ours, and that in its store.
    func located(_ complaint: String, copiedTo folder: String) -> String {
        let folders = [folder, URL(filePath: folder).resolvingSymlinksInPath().path]
        return folders.reduce(complaint) { $0.replacing($1 + "/flake.nix", with: location) }
            .replacing(/\/nix\/store\/[0-9a-z]{32}-source\/flake\.nix/, with: location)
    }
}
