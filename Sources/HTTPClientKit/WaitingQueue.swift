/// The places that transfers take, and the transfers that wait for one: first come, first served for each server.
struct WaitingQueue {
    /// Places altogether and for one server.
    var limits = (all: 1, server: 1)

    private var taken = 0
    private var takenByServer: [String: Int] = [:]
    /// Those that wait for each server, in their order.
    private var lines: [String: Line] = [:]
    private var waiting: [Int: (transfer: Transfer, end: Int64)] = [:]
    private var numbers: [ObjectIdentifier: Int] = [:]
    private var deadlines = DeadlineQueue()
    private var nextNumber = 0

    /// Numbers, the first ones of which may have been dealt with.
    private struct Line {
        private var numbers: [Int] = []
        private var start = 0

        mutating func append(_ number: Int) { numbers.append(number) }

        /// The first number that still waits.
        mutating func first(where waits: (Int) -> Bool) -> Int? {
            while start < numbers.count, !waits(numbers[start]) { start += 1 }
            // Moving what is left costs as much as was passed over since the last time.
            if start > 64, start * 2 > numbers.count {
                numbers.removeFirst(start)
                start = 0
            }
            return start < numbers.count ? numbers[start] : nil
        }
    }

    /// A look would find no transfer that may start.
    private(set) var isBlocked = true

    var count: Int { waiting.count }
    var earliest: Int64? { deadlines.earliest }

    /// Takes a place at once; `false` when the transfer has to wait.
    mutating func admit(_ transfer: Transfer) -> Bool {
        guard waiting.isEmpty, hasPlace(for: transfer) else { return false }
        take(transfer)
        return true
    }

    /// Puts a transfer at the end of those that wait, but not for longer than until `end`.
    mutating func add(_ transfer: Transfer, until end: Int64) {
        lines[transfer.target.server, default: Line()].append(nextNumber)
        waiting[nextNumber] = (transfer, end)
        numbers[ObjectIdentifier(transfer)] = nextNumber
        deadlines.add(nextNumber, at: end)
        nextNumber += 1
        isBlocked = false
    }

    /// Gives the first transfer that may start its place.
    mutating func next() -> (transfer: Transfer, end: Int64)? {
        guard !isBlocked else { return nil }
        guard taken < limits.all, let number = firstWithPlace(), let entry = waiting[number] else {
            isBlocked = true
            return nil
        }
        forget(number, entry.transfer)
        take(entry.transfer)
        return entry
    }

    /// The one that has waited longest of all whose server has a place.
    private mutating func firstWithPlace() -> Int? {
        var first: Int?
        for server in lines.keys {
            guard let number = lines[server]?.first(where: { waiting[$0] != nil }) else {
                lines[server] = nil
                continue
            }
            if takenByServer[server, default: 0] < limits.server { first = min(first ?? number, number) }
        }
        return first
    }

    /// A transfer that had a place has ended.
    mutating func ended(_ transfer: Transfer) {
        taken -= 1
        let left = (takenByServer[transfer.target.server] ?? 1) - 1
        takenByServer[transfer.target.server] = left == 0 ? nil : left
        isBlocked = waiting.isEmpty
    }

    /// Removes a transfer that waits; says whether it did.
    mutating func remove(_ transfer: Transfer) -> Bool {
        guard let number = numbers[ObjectIdentifier(transfer)] else { return false }
        forget(number, transfer)
        return true
    }

    /// Removes all that wait, in their order.
    mutating func removeAll() -> [Transfer] {
        let left = waiting.sorted { $0.key < $1.key }.map(\.value.transfer)
        for transfer in left {
            _ = remove(transfer)
        }
        return left
    }

    /// Removes those that have waited for too long.
    mutating func expired(at now: Int64) -> [Transfer] {
        var late: [Transfer] = []
        while let (_, number) = deadlines.next(at: now) {
            guard let transfer = waiting[number]?.transfer else { continue }
            forget(number, transfer)
            late.append(transfer)
        }
        return late
    }

    private func hasPlace(for transfer: Transfer) -> Bool {
        taken < limits.all && takenByServer[transfer.target.server, default: 0] < limits.server
    }

    private mutating func take(_ transfer: Transfer) {
        taken += 1
        takenByServer[transfer.target.server, default: 0] += 1
    }

    private mutating func forget(_ number: Int, _ transfer: Transfer) {
        waiting[number] = nil
        numbers[ObjectIdentifier(transfer)] = nil
        if waiting.isEmpty {
            deadlines = DeadlineQueue()
            isBlocked = true
        }
    }
}
