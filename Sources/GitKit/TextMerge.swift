internal import CGit2

/// A three-way merge of one file's contents.
package enum TextMerge: Sendable, Equatable {
    case merged([UInt8])
    /// The contents with the places on which both sides disagree between git's markers, the base among
    /// them; for binary contents, ours unchanged.
    case conflicted([UInt8])

    /// Merges the changes from `base` to `theirs` into `ours`; the markers call the sides by `labels`.
    package static func merge(
        base: [UInt8],
        ours: [UInt8],
        theirs: [UInt8],
        labels: (ours: String, theirs: String) = ("ours", "theirs")
    ) throws(GitError) -> TextMerge {
        if ours == theirs || theirs == base { return .merged(ours) }
        if ours == base { return .merged(theirs) }
        guard ![base, ours, theirs].contains(where: isBinary) else { return .conflicted(ours) }
        return try mergeLines(base: base, ours: ours, theirs: theirs, labels: labels)
    }

    /// git's own rule: a NUL among the first bytes.
    private static func isBinary(_ content: [UInt8]) -> Bool {
        content.prefix(8_000).contains(0)
    }

    private static func mergeLines(
        base: [UInt8],
        ours: [UInt8],
        theirs: [UInt8],
        labels: (ours: String, theirs: String)
    ) throws(GitError) -> TextMerge {
        try GitLibrary.prepare()
        var result = unsafe git_merge_file_result()
        defer { unsafe libgit2.merge_file_result_free(&result) }
        var options = unsafe git_merge_file_options()
        _ = unsafe libgit2.merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION))
        unsafe options.flags = GIT_MERGE_FILE_STYLE_DIFF3.rawValue
        let code = unsafe withInput(base) { base in
            unsafe withInput(ours) { ours in
                unsafe withInput(theirs) { theirs in
                    unsafe labels.ours.withCString { ourLabel in
                        unsafe labels.theirs.withCString { theirLabel in
                            unsafe options.ancestor_label = nil
                            unsafe options.our_label = unsafe ourLabel
                            unsafe options.their_label = unsafe theirLabel
                            return unsafe libgit2.merge_file(&result, base, ours, theirs, &options)
                        }
                    }
                }
            }
        }
        try GitError.check(code, .merge)
        let content = unsafe [UInt8](UnsafeRawBufferPointer(start: result.ptr, count: result.len))
        return unsafe result.automergeable != 0 ? .merged(content) : .conflicted(content)
    }

    private static func withInput(
        _ content: [UInt8],
        _ body: (UnsafePointer<git_merge_file_input>) -> Int32
    ) -> Int32 {
        // One byte more than needed, because an empty array may have no address.
        unsafe (content + [0]).withUnsafeBufferPointer { bytes in
            var input = unsafe git_merge_file_input()
            _ = unsafe libgit2.merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
            unsafe input.size = content.count
            guard let start = bytes.baseAddress else { return -1 }
            return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { text in
                unsafe input.ptr = unsafe text
                return unsafe body(&input)
            }
        }
    }
}
