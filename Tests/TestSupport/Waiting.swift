/// Returns as soon as a condition holds, which something else that runs brings about.
///
/// Looks once a millisecond: what it waits for has the processor meanwhile.
package func until(_ condition: () -> Bool) async {
    while !condition() {
        do {
            try await Task.sleep(for: .milliseconds(1))
        } catch {
            await Task.yield()
        }
    }
}
