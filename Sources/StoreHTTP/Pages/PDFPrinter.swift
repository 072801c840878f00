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
    private static let keptMax = 16
    private var running: Task<Void, Never>?
    private var waiting = 0
    private var kept: OrderedDictionary<String, [UInt8]> = [:]

    /// - Parameter settings: of the shop: its paper for pages that leave their size open, whether it is for trying things
    ///   out, which a print says then, and how long one may take.
    init(_ settings: StoreSettings) {
        paper = settings.paper
        isTest = settings.isTest
        timeout = settings.printTimeout
        program = Self.folders.map { "\($0)/weasyprint" }.first { access($0, X_OK) == 0 }
    }

    /// What the PDF of an answer is called in entity tags: on other paper it is another one.
    nonisolated var format: String { "\(paper.rawValue)-pdf" }

    /// The PDF of a page.
    /// - Parameters:
    ///   - name: the page's entity tag: the same page is printed once.
    ///   - waitingMax: how many may be made or waited for at once; who comes then is told to come again.
    /// - Throws: a problem that says what to do where WeasyPrint is missing, or that too many wait.
    func pdf(_ html: [UInt8], named name: String, waitingMax: Int = 8) async throws -> [UInt8] {
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

    /// What a program makes of a page.
    /// - Throws: a problem where it fails or takes too long.
    static func print(_ html: [UInt8], on paper: Paper, with program: String, within timeout: Duration)
        async throws -> [UInt8]
    {
        let page = try file(html)
        defer { try? page.close() }
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                let result = try await run(
                    .path(FilePath(program)),
                    arguments: ["--quiet", "--stylesheet", "data:text/css,\(paper.whole)", "-", "-"],
                    environment: .custom(["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"]),
                    input: .fileDescriptor(page, closeAfterSpawningProcess: false),
                    output: .bytes(limit: octetsMax),
                    error: .discarded
                )
                guard result.terminationStatus.isSuccess, result.standardOutput.starts(with: "%PDF".utf8) else {
                    throw Problem(.internalError)
                }
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

    /// A page as a file in memory, to be read from its beginning. It is not written to a pipe: where the program ends before
    /// it has read all, the library that runs it ends this process too.
    private static func file(_ html: [UInt8]) throws -> FileDescriptor {
        let name = "/aftercare-\(UUID().uuidString)"
        let file = FileDescriptor(rawValue: shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600))
        guard file.rawValue >= 0 else { throw Problem(.unavailable) }
        shm_unlink(name)
        do {
            try file.writeAll(html)
            try file.seek(offset: 0, from: FileDescriptor.SeekOrigin.start)
            return file
        } catch {
            try? file.close()
            throw error
        }
    }
}
