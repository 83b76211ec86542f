internal import CYAML
internal import Core

/// A step through a YAML text.
struct YAMLEvent {
    enum Kind {
        case documentStart, sequenceStart, mappingStart
        case scalar(String, style: YAMLNode.Style)
        /// The end of a sequence or a mapping.
        case end
        case streamEnd
    }

    let kind: Kind
    let place: YAMLPlace
}

/// The one owner of a libyaml parser.
///
/// The parser keeps a pointer to itself and to the text: it lives at a fixed address, and the buffer that
/// it was made with must outlive it.
@safe
struct EventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let start: YAMLPlace

    /// A reader of `text`, which must stay where it is for as long as the reader lives.
    @unsafe init(_ text: UnsafeBufferPointer<UInt8>, start: YAMLPlace) {
        self.start = start
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        // It fails for want of memory only, which Swift does not survive anyhow.
        precondition(unsafe yaml_parser_initialize(parser) == 1, "libyaml has no memory")
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// The next event that matters: where streams and documents begin and end is skipped where it says nothing.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { unsafe yaml_event_delete(&event) }
            if let kind = try unsafe kind(of: event) {
                return YAMLEvent(kind: kind, place: unsafe place(of: event.start_mark))
            }
        }
    }

    /// - Returns: `nil` for an event that the caller does not need.
    private func kind(of event: yaml_event_t) throws(YAMLError) -> YAMLEvent.Kind? {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            try unsafe refuse(anchor: scalar.anchor, tag: scalar.tag, at: event.start_mark)
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(unsafe String(decoding: bytes, as: UTF8.self), style: style(unsafe scalar.style))
        case YAML_SEQUENCE_START_EVENT:
            let sequence = unsafe event.data.sequence_start
            try unsafe refuse(anchor: sequence.anchor, tag: sequence.tag, at: event.start_mark)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let mapping = unsafe event.data.mapping_start
            try unsafe refuse(anchor: mapping.anchor, tag: mapping.tag, at: event.start_mark)
            return .mappingStart
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_ALIAS_EVENT:
            throw YAMLError(
                at: unsafe place(of: event.start_mark),
                "aliases are not supported",
                hint: "write the value out, or quote a text that begins with '*'"
            )
        default: return nil
        }
    }

    private func style(_ style: yaml_scalar_style_t) -> YAMLNode.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?,
        tag: UnsafeMutablePointer<yaml_char_t>?,
        at mark: yaml_mark_t
    ) throws(YAMLError) {
        guard unsafe anchor == nil else {
            throw YAMLError(
                at: place(of: mark),
                "anchors are not supported",
                hint: "write the value out, or quote a text that begins with '&'"
            )
        }
        guard unsafe tag == nil else {
            throw YAMLError(
                at: place(of: mark),
                "tags are not supported",
                hint: "leave the tag out, or quote a text that begins with '!'"
            )
        }
    }

    private func place(of mark: yaml_mark_t) -> YAMLPlace {
        YAMLPlace(file: start.file, line: start.line + Int(mark.line), column: Int(mark.column) + 1)
    }

    /// The parser's own words and the place that it means.
    private func failure() -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "this is not YAML"
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) + ": " } ?? ""
        guard unsafe parser.pointee.error != YAML_READER_ERROR else {
            return YAMLError(at: unsafe place(of: parser.pointee.mark), problem)
        }
        return YAMLError(at: unsafe place(of: parser.pointee.problem_mark), context + problem)
    }
}
