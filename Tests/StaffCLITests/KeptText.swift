@testable import StaffCLI
import Synchronization

/// What was written, kept.
final class KeptText: TextSink {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func write(_ bytes: [UInt8]) throws { self.bytes.withLock { $0 += bytes } }
}
