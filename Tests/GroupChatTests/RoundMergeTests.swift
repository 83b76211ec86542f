import Core
import GroupChat
import Synchronization
import TestSupport
import Testing

@Suite("The files of a round", .tags(.small))
struct RoundMergeTests {
    /// What one round of a and b makes of a project with the file `x`.
    private func round(
        _ base: String? = "1\n2\n3",
        a: [ChatFile],
        b: [ChatFile],
        c: [ChatFile] = []
    ) async throws -> (record: RoundRecord, result: ChatResult) {
        let answers = ["a": a, "b": b, "c": c]
        let participants = ["a", "b", "c"].map { name in
            ClosureParticipant(name) { _ in ChatAnswer(text: name, files: answers[name] ?? []) }
        }
        let chat = try Chat(
            participants: participants,
            configuration: ChatConfiguration(maxRounds: 1),
            merger: try MemoryProject(base.map { ["x": $0] } ?? [:])
        )
        let record = Mutex<RoundRecord?>(nil)
        let result = try await chat.run { round in
            record.withLock { $0 = round }
            return RoundFeedback()
        }
        let kept = record.withLock(\.self)
        return (try #require(kept), result)
    }

    @Test("are merged when the changes do not touch")
    func merge() async throws {
        let (record, result) = try await round(a: [write("x", "A\n2\n3")], b: [write("x", "1\n2\nB")])
        #expect(record.changes == [try write("x", "A\n2\nB", executable: false)])
        #expect(result.conflicts.isEmpty)
    }

    @Test("keep the first version and the conflict when they disagree")
    func conflict() async throws {
        let (record, result) = try await round(
            a: [write("x", "A\n2\n3")],
            b: [write("x", "B\n2\n3"), write("own", "b")],
            c: [write("x", "C\n2\n3")]
        )
        #expect(
            record.changes == [try write("own", "b", executable: false), try write("x", "A\n2\n3", executable: false)]
        )
        let expected = ChatConflict(path: try ProjectPath("x"), authors: ["a", "b", "c"], marked: "<A|B>")
        #expect(result.conflicts == [expected])
        let messages = result.conversation.messages.filter { $0.kind == .conflict }
        #expect(messages.count == 1)
        #expect(messages.first?.text.hasPrefix("'x' is in conflict: a and b, c want different things") == true)
    }

    @Test("take an unchanged copy for what it is")
    func unchanged() async throws {
        let (record, result) = try await round(a: [write("x", "A\n2\n3")], b: [write("x", "1\n2\n3")])
        #expect(record.changes == [try write("x", "A\n2\n3", executable: false)])
        #expect(result.conflicts.isEmpty)
        let same = try await round(a: [write("x", "1\n2\n3")], b: [delete("absent")])
        #expect(same.record.changes.isEmpty)
    }

    @Test("hold a conflict when one deletes what another changes")
    func deletion() async throws {
        let changed = try await round(a: [write("x", "A\n2\n3")], b: [delete("x")])
        #expect(changed.record.changes == [try write("x", "A\n2\n3", executable: false)])
        #expect(changed.result.conflicts.map(\.authors) == [["a", "b"]])
        let deleted = try await round(a: [delete("x")], b: [write("x", "B\n2\n3")])
        #expect(deleted.record.changes == [try delete("x")])
        #expect(deleted.result.conflicts.map(\.authors) == [["a", "b"]])
        let agreed = try await round(a: [delete("x")], b: [delete("x")])
        #expect(agreed.record.changes == [try delete("x")])
        #expect(agreed.result.conflicts.isEmpty)
    }

    @Test("hold a conflict when two add different files at one path, or a file below a file")
    func additions() async throws {
        let same = try await round(nil, a: [write("n", "1")], b: [write("n", "1", executable: true)])
        #expect(same.record.changes == [try write("n", "1", executable: true)])
        let other = try await round(nil, a: [write("n", "1")], b: [write("n", "2")])
        #expect(other.result.conflicts.map(\.path.description) == ["n"])
        let below = try await round(nil, a: [write("n", "1")], b: [write("n/m", "2")])
        #expect(below.record.changes == [try write("n", "1", executable: false)])
        #expect(below.result.conflicts.map(\.path.description) == ["n/m"])
        let above = try await round(nil, a: [write("n/m", "1")], b: [write("n", "2")])
        #expect(above.result.conflicts.map(\.path.description) == ["n"])
    }

    @Test("count the last of an author's edits for a path")
    func latest() async throws {
        let (record, _) = try await round(nil, a: [write("n", "1"), write("n", "2")], b: [])
        #expect(record.changes == [try write("n", "2", executable: false)])
    }

    @Test("are free of a conflict once a later round settles it")
    func settled() async throws {
        let project = try MemoryProject(["x": "0"])
        let turns = TurnLog()
        let participants = ["a", "b"].map { name in
            ClosureParticipant(name) { turn in
                turns.add(turn)
                if turn.round == 1 { return ChatAnswer(text: "", files: [try write("x", name)]) }
                return ChatAnswer(text: "", files: name == "b" ? [try write("x", "both")] : [])
            }
        }
        let configuration = ChatConfiguration(maxRounds: 2)
        let chat = try Chat(participants: participants, configuration: configuration, merger: project)
        let result = try await chat.run { project.apply($0) }
        #expect(turns["a/2"]?.conflicts.map(\.authors) == [["a", "b"]])
        #expect(turns["a/2"]?.news.contains { $0.kind == .conflict } == true)
        #expect(result.conflicts.isEmpty)
        #expect(project.files == ["x": "both"])
    }
}
