internal import Core

extension Warehouse {
    /// Looks for a broken guide among those that a description asks for.
    ///
    /// What a broken guide is for is known from its name, from itself where only something that it names is missing,
    /// and from the guide that it overrides. The rest of the broken ones disturb nobody.
    ///
    /// - Parameters:
    ///   - text: The description.
    ///   - defaultGuide: The guide for a text that names no stack.
    /// - Returns: What is wrong with the guide; `nil` when all that are asked for can be used.
    package func guideFault(for text: String, defaultGuide: String) -> ConfigurationFault? {
        var faults: [String: ConfigurationFault] = [:]
        let subjects = guides.list().map { entry in
            switch entry.item {
            case .success(let guide): return guide.subject
            case .failure(let fault):
                faults[entry.name] = fault
                return guides.readable(entry.name)?.subject
                    ?? StackSubject(name: entry.name, title: entry.name, words: [entry.name], kinds: [])
            }
        }
        guard !faults.isEmpty else { return nil }
        let finding = StackDetection.detect(text, among: subjects, defaultGuide: defaultGuide)
        return finding.parts.lazy.compactMap { faults[$0.guide] }.first
    }
}

extension Shelf<Guide> {
    /// The strongest guide of this name that can be read, be it the one that names what is not there.
    fileprivate func readable(_ name: String) -> Guide? {
        layers.indices.reversed().lazy
            .map { Shelf(kind: kind, layers: Array(layers[...$0])) }
            .compactMap { try? $0.named(name) }
            .first
    }
}
