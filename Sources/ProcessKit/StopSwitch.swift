internal import CLinux
internal import Glibc
internal import Synchronization

/// A switch by which anyone asks that a child be ended; its thread is woken at once.
package final class StopSwitch: Sendable {
    let descriptor: Descriptor
    private let flag = Atomic(false)

    package init() throws(ProcessError) {
        let number = shim_eventfd()
        guard number >= 0 else { throw .refused("make an event descriptor", code: errno) }
        descriptor = Descriptor(adopting: number)
    }

    package var isOn: Bool { flag.load(ordering: .acquiring) }

    /// Asks for the end; more than once does no harm.
    package func turnOn() {
        guard !flag.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var one: UInt64 = 1
        unsafe _ = write(descriptor.number, &one, 8)
    }
}
