/// The words that a person may have meant.
package enum Suggestions {
    /// Up to three of `candidates` that are few edits away from `word`, or that begin with it, nearest first.
    package static func near(_ word: String, in candidates: [String]) -> [String] {
        let limit = max(1, word.count / 3)
        let scored = candidates.compactMap { candidate -> (distance: Int, text: String)? in
            let distance = distance(from: word, to: candidate)
            let isBeginning = word.count >= 3 && candidate.hasPrefix(word)
            guard distance <= limit || isBeginning else { return nil }
            return (distance, candidate)
        }
        // Beside a word that is one letter off, one that is three letters off was not meant.
        let nearest = scored.map(\.distance).min() ?? 0
        let meant = scored.filter { $0.distance <= nearest + 1 || $0.text.hasPrefix(word) }
        return meant.sorted { ($0.distance, $0.text) < ($1.distance, $1.text) }.prefix(3).map { $0.text }
    }

    /// How many letters have to be added, dropped, changed or swapped with their neighbour.
    package static func distance(from first: String, to second: String) -> Int {
        let left = Array(first)
        let right = Array(second)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(last[column + 1] + 1, current[column] + 1, change)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }

    /// `did you mean 'a' or 'b'?`, or `nil` when nothing is near.
    package static func question(for word: String, in candidates: [String]) -> String? {
        let near = near(word, in: candidates).map { "'\($0)'" }
        return near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
    }
}
