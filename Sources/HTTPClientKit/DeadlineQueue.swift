/// Numbers with the time, in milliseconds, at which to look at them again; the earliest comes first.
struct DeadlineQueue {
    private var heap: [(time: Int64, number: Int)] = []

    var earliest: Int64? { heap.first?.time }
    var count: Int { heap.count }

    mutating func add(_ number: Int, at time: Int64) {
        heap.append((time, number))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes and returns the earliest number whose time has come.
    mutating func next(at now: Int64) -> (time: Int64, number: Int)? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].time < heap[smallest].time {
                    smallest = child
                }
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
