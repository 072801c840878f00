import Glibc
import Synchronization
import Telemetry

/// Memory that was freed and that the allocator keeps: after a crowd, several times what the store needs.
enum FreedMemory {
    /// As much as may lie idle, in octets, before it is worth stopping the allocator for some milliseconds.
    private static let keptMax = 32 << 20

    /// The least that the program was seen to take.
    private static let least = Mutex(Int.max)

    /// Gives it back to the system, where the program takes much more than it did.
    static func giveBack() {
        let resident = ProcessReadings.residentMemory
        let least = least.withLock { least in
            least = min(least, resident)
            return least
        }
        // Swift's module of the C library lacks it.
        guard resident - least > keptMax, let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
