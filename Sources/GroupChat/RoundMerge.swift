package import Core

/// A file's text and whether it may be run.
package struct FileVersion: Sendable, Hashable, Codable {
    package let content: String
    package let isExecutable: Bool

    package init(content: String, isExecutable: Bool = false) {
        self.content = content
        self.isExecutable = isExecutable
    }
}

/// The outcome of a three-way merge of text.
package enum MergedText: Sendable, Hashable {
    case merged(String)
    /// Both sides disagree; with the text between markers, if there is one.
    case conflicted(String?)
}

/// What a chat needs from outside to bring the files of a round together.
package protocol RoundMerger: Sendable {
    /// What was at a path when round `round` began, or `nil` for no file.
    ///
    /// When an interrupted chat is gone through again this must still be the state of that time.
    func base(of path: ProjectPath, round: Int) async throws -> FileVersion?

    /// Merges two texts that were made from one.
    func merge(base: String, ours: String, theirs: String) async throws -> MergedText
}

/// The files of one round, put together in the order of the participants.
struct RoundMerge {
    private struct Slot {
        let base: FileVersion?
        var version: FileVersion?
        var authors: [String]
    }

    private let merger: any RoundMerger
    private let round: Int
    private var slots: [ProjectPath: Slot] = [:]
    private(set) var conflicts: [ChatConflict] = []

    init(round: Int, merger: any RoundMerger) {
        self.round = round
        self.merger = merger
    }

    /// What has to be done to the project, in the order of paths; nothing for what is so already.
    var changes: [ChatFile] {
        slots.sorted { $0.key < $1.key }.compactMap { path, slot in
            guard slot.version != slot.base else { return nil }
            guard let version = slot.version else { return ChatFile(path: path, edit: .delete) }
            return ChatFile(path: path, edit: .write(content: version.content, executable: version.isExecutable))
        }
    }

    /// The paths on which somebody got what they wanted in this round.
    var settledPaths: Set<ProjectPath> {
        Set(slots.keys).subtracting(conflicts.map(\.path))
    }

    mutating func add(_ files: [ChatFile], by author: String) async throws {
        var latest: [ProjectPath: FileEdit] = [:]
        for file in files { latest[file.path] = file.edit }
        for (path, edit) in latest.sorted(by: { $0.key < $1.key }) { try await add(edit, at: path, by: author) }
    }

    private mutating func add(_ edit: FileEdit, at path: ProjectPath, by author: String) async throws {
        if let rival = rivals(of: path, edit).first {
            return note(path, authors: (slots[rival]?.authors ?? []) + [author], marked: nil)
        }
        guard var slot = slots[path] else {
            let base = try await merger.base(of: path, round: round)
            slots[path] = Slot(base: base, version: Self.version(edit, over: base), authors: [author])
            return
        }
        switch try await merge(Self.version(edit, over: slot.base), into: slot) {
        case .version(let version):
            let contributes = version != slot.version
            slot.version = version
            if contributes { slot.authors.append(author) }
            slots[path] = slot
        case .conflict(let marked):
            note(path, authors: slot.authors + [author], marked: marked)
        }
    }

    /// The accepted paths that cannot be files while `path` is one: those above and below it.
    private func rivals(of path: ProjectPath, _ edit: FileEdit) -> [ProjectPath] {
        guard edit != .delete else { return [] }
        return slots.keys.filter { other in
            other != path && slots[other]?.version != nil && (other.isInside(path) || path.isInside(other))
        }
        .sorted()
    }

    private enum Outcome {
        case version(FileVersion?)
        case conflict(marked: String?)
    }

    private func merge(_ theirs: FileVersion?, into slot: Slot) async throws -> Outcome {
        if theirs == slot.version || theirs == slot.base { return .version(slot.version) }
        if slot.version == slot.base { return .version(theirs) }
        guard let ours = slot.version, let theirs else { return .conflict(marked: nil) }
        let isExecutable =
            slot.base.map { $0.isExecutable == ours.isExecutable ? theirs.isExecutable : ours.isExecutable }
            ?? (ours.isExecutable || theirs.isExecutable)
        if ours.content == theirs.content {
            return .version(FileVersion(content: ours.content, isExecutable: isExecutable))
        }
        guard let base = slot.base else { return .conflict(marked: nil) }
        switch try await merger.merge(base: base.content, ours: ours.content, theirs: theirs.content) {
        case .merged(let content): return .version(FileVersion(content: content, isExecutable: isExecutable))
        case .conflicted(let marked): return .conflict(marked: marked)
        }
    }

    private static func version(_ edit: FileEdit, over base: FileVersion?) -> FileVersion? {
        switch edit {
        case .delete: nil
        case .write(let content, let executable):
            FileVersion(content: content, isExecutable: executable ?? base?.isExecutable ?? false)
        }
    }

    /// Keeps a conflict, together with an earlier one on the same path.
    private mutating func note(_ path: ProjectPath, authors: [String], marked: String?) {
        if let place = conflicts.firstIndex(where: { $0.path == path }) {
            for author in authors where !conflicts[place].authors.contains(author) {
                conflicts[place].authors.append(author)
            }
            conflicts[place].marked = conflicts[place].marked ?? marked
        } else {
            var distinct: [String] = []
            for author in authors where !distinct.contains(author) { distinct.append(author) }
            conflicts.append(ChatConflict(path: path, authors: distinct, marked: marked))
        }
    }
}
