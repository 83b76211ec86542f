internal import Core
internal import FoundationEssentials

/// A flake that Nix may evaluate: one of Drydock's own, or one from the user's configuration.
///
/// Evaluating a flake runs code outside the sandbox. A flake of a project's tree, which a model or a cloned repository
/// may have written, therefore has no way into this type: it holds text, never a folder, and its two makers
/// are the built-in collection and the user's configuration folder. A run's record keeps it as it was.
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

    /// Reads `flakes/NAME/flake.nix`, and its lock where there is one, below the user's configuration folder.
    ///
    /// - Throws: ``ToolchainError/brokenFlake(name:message:)`` when the file cannot be read or is no UTF-8 text.
    package static func user(named name: String, in configurationFolder: String) throws(ToolchainError) -> FlakeSource {
        let folder = configurationFolder + "/flakes/" + name
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), configurationFolder.hasPrefix("/") else {
            throw .brokenFlake(name: name, message: "'\(folder.printable)' is no place for a flake")
        }
        guard let text = text(of: folder + "/flake.nix") else {
            throw .brokenFlake(name: name, message: "'\(folder.printable)/flake.nix' cannot be read as text")
        }
        let origin = Origin.user(folder + "/flake.nix")
        return FlakeSource(name: name, text: text, lock: Self.text(of: folder + "/flake.lock"), origin: origin)
    }

    /// The same flake with its inputs pinned by this lock.
    package func locked(by lock: String?) -> FlakeSource {
        FlakeSource(name: name, text: text, lock: lock, origin: origin)
    }

    private static func text(of path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(validating: data, as: UTF8.self)
    }
}
