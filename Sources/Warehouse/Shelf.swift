internal import Core

/// One kind of knowledge over all layers.
///
/// Every call reads the layers anew: a file that was just added is found.
package struct Shelf<Item: Knowledge>: Sendable {
    let kind: KnowledgeKind
    let layers: [KnowledgeLayer]
    /// Checks an item that was read against what other shelves hold.
    var check: @Sendable (Item, [KnowledgeFile]) throws(ConfigurationFault) -> Void = { _, _ in }

    /// All items in the order of their names, the broken ones with their faults.
    package func list() -> [ShelfEntry<Item>] {
        candidates().compactMap { candidate in candidate.entry(check) }
    }

    /// The items that can be used, in the order of their names.
    package func usable() -> [Item] {
        list().compactMap { try? $0.item.get() }
    }

    /// The item of this name, whatever the case of its letters.
    ///
    /// - Throws: ``UnknownKnowledge``, or ``ConfigurationFault`` when its files are broken.
    package func named(_ name: String) throws -> Item {
        try entry(named: name).item.get()
    }

    /// The entry of this name, broken or not.
    ///
    /// - Throws: ``UnknownKnowledge``.
    package func entry(named name: String) throws -> ShelfEntry<Item> {
        let candidates = candidates()
        let wanted = name.lowercased()
        if let entry = candidates.first(where: { $0.name.lowercased() == wanted })?.entry(check) { return entry }
        throw UnknownKnowledge(what: kind, name: name, known: candidates.compactMap { $0.entry(check)?.name })
    }

    /// The items whose name or text holds all words of `query`, in the order of their names.
    package func search(_ query: String) -> [ShelfEntry<Item>] {
        let wanted = Set(Tokens(query).words.map { $0.text })
        return list().filter { entry in
            let text = ([entry.name] + entry.files.map { $0.text }).joined(separator: "\n")
            return wanted.isSubset(of: Set(Tokens(text).words.map { $0.text }))
        }
    }

    /// Every fault of every file, the overridden ones too, for the linter.
    package func lint() -> [ConfigurationFault] {
        layers.flatMap { Self.candidates(in: $0, of: kind) }.compactMap { candidate in
            guard case .failure(let fault) = candidate.entry(check)?.item else { return nil }
            return fault
        }
    }

    private func candidates() -> [Candidate<Item>] {
        var byName: [String: Candidate<Item>] = [:]
        for layer in layers {
            for candidate in Self.candidates(in: layer, of: kind) {
                byName[candidate.name.lowercased()] = candidate
            }
        }
        return byName.values.sorted { $0.name < $1.name }
    }

    /// The items of one layer before they are parsed.
    private static func candidates(in layer: KnowledgeLayer, of kind: KnowledgeKind) -> [Candidate<Item>] {
        var byName: [String: Candidate<Item>] = [:]
        for result in layer.files(of: kind) {
            let (path, text) =
                switch result {
                case .success(let file): (file.path, String?.some(file.text))
                case .failure(let failure): (failure.path, nil)
                }
            let inner = String(path.dropFirst(kind.rawValue.count + 1))
            guard let name = Item.itemName(path: inner, text: text) else { continue }
            byName[name, default: Candidate(name: name, origin: layer.origin)].add(result)
        }
        return byName.values.sorted { $0.name < $1.name }
    }
}

/// An item's place on the shelf.
package struct ShelfEntry<Item: Knowledge>: Sendable {
    package let name: String
    package let origin: KnowledgeOrigin
    /// Where its first file is found.
    package let location: String
    /// The files that it was read from, for a run to record.
    package let files: [KnowledgeFile]
    /// The item, or what is wrong with its files.
    package let item: Result<Item, ConfigurationFault>
}

/// The files that want to be one item of one layer.
private struct Candidate<Item: Knowledge> {
    let name: String
    let origin: KnowledgeOrigin
    private var files: [KnowledgeFile] = []
    private var fault: (location: String, fault: ConfigurationFault)?

    init(name: String, origin: KnowledgeOrigin) {
        self.name = name
        self.origin = origin
    }

    mutating func add(_ result: Result<KnowledgeFile, UnreadableFile>) {
        switch result {
        case .success(let file): files.append(file)
        case .failure(let failure): fault = fault ?? (failure.path, failure.fault)
        }
    }

    /// - Returns: `nil` when the files are not meant to be an item.
    func entry(_ check: (Item, [KnowledgeFile]) throws(ConfigurationFault) -> Void) -> ShelfEntry<Item>? {
        guard let item = parsed(check) else { return nil }
        return ShelfEntry(
            name: name,
            origin: files.first?.origin ?? origin,
            location: files.first?.location ?? fault?.location ?? name,
            files: files,
            item: item
        )
    }

    private func parsed(
        _ check: (Item, [KnowledgeFile]) throws(ConfigurationFault) -> Void
    ) -> Result<Item, ConfigurationFault>? {
        if let fault { return .failure(fault.fault) }
        do {
            guard let item = try Item(files: files, name: name) else { return nil }
            try check(item, files)
            return .success(item)
        } catch {
            return .failure(error)
        }
    }
}
