import GuideFormats
import SystemPackage
import TestSupport
import Testing

@testable import StoreHTTP

/// A program that does not print what it is given takes one print with it, and never the server.
@Suite struct PDFPrinterTests {
    /// More than fits into a pipe.
    private static let page = [UInt8](repeating: UInt8(ascii: "p"), count: 4 << 20)

    private func print(with script: String, within timeout: Duration) async throws -> String {
        try await withTestFolder { folder in
            let program = folder + "/printer"
            // By another process: a program that any copy of a descriptor could still write to can't be run.
            let writing = "printf %s \"$1\" > \"$2\" && chmod 755 \"$2\""
            #expect(await shell(writing, "#!/bin/sh\n\(script)\n", program) == 0)
            let pdf = try await PDFPrinter.print(Self.page, on: .a4, with: program, within: timeout)
            return String(decoding: pdf, as: UTF8.self)
        }
    }

    @Test func programReadsTheWholePage() async throws {
        #expect(try await print(with: "printf %%PDF; wc -c", within: .seconds(600)) == "%PDF\(Self.page.count)\n")
    }

    @Test(arguments: ["exit 1", "exit 0", "head -c 1000; exit 1", "head -c 100000; exit 0", "kill -9 $$"])
    func whatEndsEarlyIsAFailedPrint(script: String) async throws {
        for _ in 0..<5 {
            let problem = await #expect(throws: Problem.self) {
                try await print(with: script, within: .seconds(600))
            }
            #expect(problem?.type == .internalError)
        }
    }

    @Test(arguments: [Duration.zero, .milliseconds(1), .milliseconds(50)])
    func whatTakesTooLongIsGivenUp(timeout: Duration) async throws {
        for _ in 0..<5 {
            let problem = await #expect(throws: Problem.self) {
                try await print(with: "exec sleep 60", within: timeout)
            }
            #expect(problem?.type == .unavailable)
        }
    }
}
