import Foundation
import GuideFormats
import OrderedCollections
import Subprocess
import Synchronization
import SystemPackage

/// Turns our own pages into PDF with WeasyPrint, where it is installed. One at a time, since each takes a core for a
/// second or so; few may wait, and the last ones that were made are kept.
actor PDFPrinter {
    private static let octetsMax = 8 << 20
    private static let folders = ["/usr/bin", "/usr/local/bin", "/opt/venv/bin"]

    private let program: String?
    private let paper: Paper
    private let isTest: Bool
    private let timeout: Duration
    private let waitingMax: Int
    private static let keptMax = 16
    private var running: Task<Void, Never>?
    private var waiting = 0
    private var kept: OrderedDictionary<String, [UInt8]> = [:]

    /// - Parameters:
    ///   - settings: of the shop: its paper for pages that leave their size open, whether it is for trying things out,
    ///     which a print says then, and how long one may take.
    ///   - waitingMax: how many may be waited for at once; who comes then is told to come again.
    init(_ settings: StoreSettings, waitingMax: Int = 8) {
        paper = settings.paper
        isTest = settings.isTest
        timeout = settings.printTimeout
        self.waitingMax = waitingMax
        program = Self.folders.map { "\($0)/weasyprint" }.first { access($0, X_OK) == 0 }
    }

    /// What the PDF of an answer is called in entity tags: on other paper it is another one.
    nonisolated var format: String { "\(paper.rawValue)-pdf" }

    /// The PDF of a page.
    /// - Parameter name: the page's entity tag: the same page is printed once.
    /// - Throws: a problem that says what to do where WeasyPrint is missing, or that too many wait.
    func pdf(_ html: [UInt8], named name: String) async throws -> [UInt8] {
        guard let program else { throw Problem(.pdfUnavailable) }
        if let pdf = kept[name] { return pdf }
        guard waiting < waitingMax else { throw Problem(.unavailable) }
        waiting += 1
        let page = isTest ? Array(TestMark.page(String(decoding: html, as: UTF8.self), isPrinted: true).utf8) : html
        defer { waiting -= 1 }
        let earlier = running
        let printing = Task {
            await earlier?.value
            try Task.checkCancellation()
            return try await Self.print(page, on: paper, with: program, within: timeout)
        }
        running = Task { _ = try? await printing.value }
        // Whoever leaves has their print given up.
        let pdf = try await withTaskCancellationHandler {
            try await printing.value
        } onCancel: {
            printing.cancel()
        }
        if kept.count >= Self.keptMax { kept.removeFirst() }
        kept[name] = pdf
        return pdf
    }

    private static func print(_ html: [UInt8], on paper: Paper, with program: String, within timeout: Duration)
        async throws -> [UInt8]
    {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                let result = try await run(
                    .path(FilePath(program)),
                    arguments: ["--quiet", "--stylesheet", "data:text/css,\(paper.whole)", "-", "-"],
                    environment: .custom(["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"]),
                    input: .array(html),
                    output: .bytes(limit: octetsMax),
                    error: .discarded
                )
                guard result.terminationStatus.isSuccess else { throw Problem(.internalError) }
                return result.standardOutput
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let pdf = first else { throw Problem(.unavailable) }
            return pdf
        }
    }
}
