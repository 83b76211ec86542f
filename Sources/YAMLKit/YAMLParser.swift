internal import Core

/// How much of a file the parser takes.
package struct YAMLLimits: Sendable {
    /// The longest text in bytes.
    package var bytes = 1 << 20
    /// How many sequences and mappings may lie inside each other.
    package var depth = 64

    package init() {}
}

extension YAMLNode {
    /// Parses UTF-8 text that holds one document; text without any is a null scalar.
    ///
    /// - Parameters:
    ///   - text: The bytes of the file.
    ///   - file: The name that errors show.
    ///   - firstLine: The line of the file at which `text` begins, for a part of a file.
    ///   - limits: How large and how deep the text may be.
    /// - Throws: ``YAMLError`` with file, line and column.
    package init(
        parsing text: [UInt8],
        file: String,
        firstLine: Int = 1,
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) {
        let start = YAMLPlace(file: file, line: firstLine)
        guard text.count <= limits.bytes else {
            throw YAMLError(at: start, "the text is longer than \(limits.bytes) bytes")
        }
        guard let line = text.lineOfInvalidUTF8() else {
            self = try parseEvents(of: text, from: start, limits: limits)
            return
        }
        throw YAMLError(at: YAMLPlace(file: file, line: firstLine + line), "the text is not UTF-8")
    }

    /// Parses text that holds one document.
    package init(
        parsing text: String,
        file: String,
        firstLine: Int = 1,
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), file: file, firstLine: firstLine, limits: limits)
    }
}

extension [UInt8] {
    /// How many lines lie before the first one that is not UTF-8; `nil` when all are.
    fileprivate func lineOfInvalidUTF8() -> Int? {
        guard String(validating: self, as: UTF8.self) == nil else { return nil }
        let lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    }
}

private func parseEvents(
    of text: [UInt8],
    from start: YAMLPlace,
    limits: YAMLLimits
) throws(YAMLError) -> YAMLNode {
    var result: Result<YAMLNode, YAMLError>?
    unsafe text.withUnsafeBufferPointer { buffer in
        result = Result { () throws(YAMLError) in
            var composer = Composer(reader: unsafe EventReader(buffer, start: start), depthLimit: limits.depth)
            return try composer.document()
        }
    }
    guard let result else { preconditionFailure("the closure did not run") }
    return try result.get()
}

/// Builds the tree from the reader's events.
private struct Composer: ~Copyable {
    var reader: EventReader
    let depthLimit: Int

    mutating func document() throws(YAMLError) -> YAMLNode {
        let first = try reader.next()
        guard case .documentStart = first.kind else {
            return YAMLNode(.scalar("", style: .plain), at: first.place)
        }
        let root = try node(try reader.next(), depth: 0)
        let next = try reader.next()
        guard case .streamEnd = next.kind else {
            throw YAMLError(at: next.place, "a second document begins here", hint: "keep one document per file")
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= depthLimit else {
            throw YAMLError(at: event.place, "more than \(depthLimit) levels lie inside each other")
        }
        switch event.kind {
        case .scalar(let text, let style): return YAMLNode(.scalar(text, style: style), at: event.place)
        case .sequenceStart: return YAMLNode(.sequence(try elements(depth: depth + 1)), at: event.place)
        case .mappingStart: return YAMLNode(.mapping(try entries(depth: depth + 1)), at: event.place)
        case .documentStart, .streamEnd, .end: throw YAMLError(at: event.place, "a value is missing here")
        }
    }

    private mutating func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try reader.next()
            if case .end = event.kind { return elements }
            elements.append(try node(event, depth: depth))
        }
    }

    private mutating func entries(depth: Int) throws(YAMLError) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try reader.next()
            if case .end = event.kind { return entries }
            guard case .scalar(let key, _) = event.kind else {
                throw YAMLError(at: event.place, "a key must be text")
            }
            if let line = lines.updateValue(event.place.line, forKey: key) {
                throw YAMLError(at: event.place, "the key '\(key.printable)' stands in line \(line) already")
            }
            let value = try node(try reader.next(), depth: depth)
            entries.append(YAMLEntry(key: key, keyPlace: event.place, value: value))
        }
    }
}
