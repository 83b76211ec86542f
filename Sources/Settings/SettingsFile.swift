internal import Core
internal import FoundationEssentials
internal import YAMLKit

/// A configuration file: YAML whose mappings spell the dotted names of keys.
enum SettingsFile {
    /// The settings of a file, in its order; none when there is no such file.
    ///
    /// Its sections go to `sections`.
    static func read(
        _ path: String,
        ofProject: Bool,
        _ sections: inout SettingsSections
    ) throws(SettingsError) -> [SettingText] {
        guard let bytes = try contents(path) else { return [] }
        do throws(YAMLError) {
            let root = try YAMLNode(parsing: bytes, file: path)
            guard !root.isNull else { return [] }
            for entry in try root.entries() where SettingsSections.names.contains(entry.key) {
                try sections.take(entry, ofProject: ofProject)
            }
            return try settings(in: root, below: "")
        } catch {
            throw .notSettings(
                error.description,
                hint: error.hint ?? "docs/configuration.md shows the form of the file"
            )
        }
    }

    private static func contents(_ path: String) throws(SettingsError) -> [UInt8]? {
        let files = FileManager.default
        let resolved = URL(filePath: path).resolvingSymlinksInPath().path
        guard files.fileExists(atPath: resolved) else { return nil }
        // Reading anything else may wait forever.
        guard let type = try? files.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType,
            type == .typeRegular
        else {
            throw .unreadable(path, reason: "it is no regular file")
        }
        guard let data = files.contents(atPath: resolved) else {
            throw .unreadable(path, reason: "permission denied")
        }
        return Array(data)
    }

    private static func settings(in node: YAMLNode, below prefix: String) throws(YAMLError) -> [SettingText] {
        var texts: [SettingText] = []
        for entry in try node.entries() {
            let name = prefix + entry.key
            if SettingsSections.names.contains(name) { continue }
            if SettingKeys.all.contains(where: { $0.name == name }) {
                guard !entry.value.isNull else { continue }
                let origin = SettingOrigin.file(path: entry.keyPlace.file, line: entry.keyPlace.line)
                texts.append(SettingText(key: name, text: try entry.value.string(), origin: origin))
            } else if SettingKeys.all.contains(where: { $0.name.hasPrefix(name + ".") }) {
                guard !entry.value.isNull else { continue }
                texts += try settings(in: entry.value, below: name + ".")
            } else {
                throw unknown(name, at: entry.keyPlace)
            }
        }
        return texts
    }

    private static func unknown(_ name: String, at place: YAMLPlace) -> YAMLError {
        let names = SettingKeys.all.map { $0.name } + SettingsSections.names
        let hint = Suggestions.question(for: name, in: names) ?? "'drydock config show' lists the settings"
        return YAMLError(at: place, "there is no setting '\(name.printable)'", hint: hint)
    }
}
