import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// Turns our own pages into PDF with WeasyPrint, where it is installed. One at a time: each takes a core for a second
/// or two.
actor PDFPrinter {
    private static let octetsMax = 8 << 20
    private static let deadline = Duration.seconds(30)
    private static let folders = ["/usr/bin", "/usr/local/bin", "/opt/venv/bin"]

    private let program: String?
    private var running: Task<Void, Never>?

    init() {
        program = Self.folders.map { "\($0)/weasyprint" }.first { access($0, X_OK) == 0 }
    }

    /// The PDF of a page.
    /// - Throws: a problem that says what to do where WeasyPrint is missing.
    func pdf(_ html: [UInt8]) async throws -> [UInt8] {
        guard let program else { throw Problem(.pdfUnavailable) }
        let earlier = running
        let printing = Task {
            await earlier?.value
            return try await Self.print(html, with: program)
        }
        running = Task { _ = try? await printing.value }
        return try await printing.value
    }

    private static func print(_ html: [UInt8], with program: String) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                let result = try await run(
                    .path(FilePath(program)),
                    arguments: ["--quiet", "-", "-"],
                    environment: .custom(["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"]),
                    input: .array(html),
                    output: .bytes(limit: octetsMax),
                    error: .discarded
                )
                guard result.terminationStatus.isSuccess else { throw Problem(.internalError) }
                return result.standardOutput
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let pdf = first else { throw Problem(.unavailable) }
            return pdf
        }
    }
}
