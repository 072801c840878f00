import Foundation
package import Mail

/// Sends messages to a relay, over connections that are kept from one message to the next.
///
/// libcurl waits where it works, so it does both on threads of its own. They end with the client.
package final class SMTPClient: Sendable {
    private let queue = TransferQueue()
    private let threadCount: Int

    /// - Parameters:
    ///   - connections: how many messages are sent at once; others wait.
    ///   - connectTimeout: until the server has been found, reached and asked for encryption.
    ///   - timeout: for a message altogether, from the moment it need not wait for others.
    package init(
        _ relay: SMTPRelay,
        connections: Int = 2,
        connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60)
    ) {
        threadCount = connections
        for _ in 0..<connections {
            Thread.detachNewThread { [queue] in
                let session = CurlSession(relay, connectTimeout: connectTimeout, timeout: timeout)
                while let (transfer, continuation) = queue.next() {
                    continuation.resume(returning: session.perform(transfer))
                }
            }
        }
    }

    deinit { queue.close(waiting: threadCount) }

    /// Sends a message, and returns once the relay has taken it. A task that is cancelled gives up within a second or so.
    /// - Parameter message: lines ended by CR LF, the last one too, as `MailMessage.bytes` makes them.
    package func send(_ message: [UInt8], from: MailAddress, to: MailAddress) async throws(SMTPError) {
        let transfer = Transfer(message, from: from, to: to)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { queue.add(transfer, $0) }
        } onCancel: {
            queue.cancel(transfer)
        }
        try result.get()
    }
}
