internal import Glibc

/// One refused system call, or one kind of it.
package struct SyscallRule: Hashable, Sendable {
    /// A condition on an argument: `argument & mask == value`.
    ///
    /// The kernel reads 32 bits of most arguments, a filter sees 64: conditions are on masked bits, so that rubbish
    /// in the upper half of a register makes no difference.
    package struct Condition: Hashable, Sendable {
        package var argument: UInt32
        package var mask: UInt64
        package var value: UInt64

        package init(_ argument: UInt32, mask: UInt64, value: UInt64) {
            self.argument = argument
            self.mask = mask
            self.value = value
        }

        /// All of `bits` are set.
        static func has(_ argument: UInt32, _ bits: UInt64) -> Condition {
            Condition(argument, mask: bits, value: bits)
        }

        /// The lower 32 bits are `value`.
        static func equals(_ argument: UInt32, _ value: UInt64) -> Condition {
            Condition(argument, mask: 0xffff_ffff, value: value)
        }

        /// The fewest conditions of which one holds for each number of `range` but those of `exceptions`.
        ///
        /// Each condition costs every command at its start. A block of a power of two needs but one. `range` is such a
        /// block.
        static func covering(
            _ range: Range<UInt64>,
            without exceptions: Set<UInt64>,
            argument: UInt32
        ) -> [Condition] {
            let size = range.upperBound - range.lowerBound
            if !exceptions.contains(where: range.contains) {
                return [Condition(argument, mask: 0xffff_ffff & ~(size - 1), value: range.lowerBound)]
            }
            guard size > 1 else { return [] }
            let middle = range.lowerBound + size / 2
            return covering(range.lowerBound..<middle, without: exceptions, argument: argument)
                + covering(middle..<range.upperBound, without: exceptions, argument: argument)
        }
    }

    /// The call's name; one that this machine's kind of processor lacks is passed over.
    package var name: String
    /// The call's number on every kind of processor, for calls that the library may be too old to know.
    package var number: Int32?
    /// The error number that the caller gets.
    package var error: UInt16
    /// All of these have to hold.
    package var conditions: [Condition]

    init(_ name: String, _ error: Int32, _ conditions: Condition..., number: Int32? = nil) {
        self.name = name
        self.number = number
        self.error = UInt16(error)
        self.conditions = conditions
    }
}
