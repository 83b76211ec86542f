import Core

/// Answers `generate`: the worker's own files of the guide's blueprint, names filled in.
enum BuiltinGenerate {
    static func answer(_ input: GenerateInput) -> Generation {
        let own = ownFiles(input)
        guard !own.isEmpty else {
            return Generation(
                message: "The guide '\(input.guide.name)' has no starter files for this worker.",
                files: []
            )
        }
        if input.round <= 1, input.feedback == nil {
            return Generation(message: "Wrote the starter: \(list(own)).", files: own)
        }
        let present = Set(input.files.map(\.path) + (input.unshown ?? []))
        let missing = own.filter { !present.contains($0.path) }
        return Generation(message: message(input, missing), files: missing)
    }

    private static func ownFiles(_ input: GenerateInput) -> [FileText] {
        let names = ProjectNames(
            name: input.component.name,
            title: input.title,
            description: input.component.description
        )
        let owned = OwnedPaths(folder: input.component.path, entries: input.worker.owns)
        return input.guide.blueprint.compactMap { file in
            let path = BlueprintPlace.path(file.path, in: input.component, names)
            guard let place = try? ProjectPath(path), owned.covers(place) else { return nil }
            return FileText(
                path: place.description,
                content: Template(file.content).rendered(with: names),
                executable: file.executable ? true : nil
            )
        }
    }

    private static func message(_ input: GenerateInput, _ missing: [FileText]) -> String {
        var sentences: [String] = []
        if missing.isEmpty {
            let count = input.peers.flatMap(\.paths).count
            let seen = count == 0 ? "" : " beside \(count == 1 ? "1 file" : "\(count) files") of the others"
            sentences.append("My files are all there\(seen); nothing to change.")
        } else {
            sentences.append("Wrote again what was missing: \(list(missing)).")
        }
        if input.feedback != nil {
            sentences.append("The built-in model cannot follow feedback beyond that.")
        }
        return sentences.joined(separator: " ")
    }

    private static func list(_ files: [FileText]) -> String {
        let names = files.prefix(10).map(\.path).joined(separator: ", ")
        return files.count > 10 ? names + " and \(files.count - 10) more" : names
    }
}
