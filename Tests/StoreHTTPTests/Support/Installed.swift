import Glibc
import Subprocess
import SystemPackage
import Testing

/// Programs that others wrote, as Debian installs them.
enum Installed {
    static func has(_ programs: String...) -> Bool { programs.allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 } }

    /// Whether a shop can be visited in a browser.
    static var hasBrowser: Bool { has("chromium", "chromedriver", "python3") }

    /// Where programs are that Debian lacks and PyPI has.
    private static let environment = "/var/tmp/aftercare-generators/bin"

    static func generators(_ programs: String...) -> Bool {
        programs.allSatisfy { access("\(environment)/\($0)", X_OK) == 0 }
    }

    /// The same as `run` for one of those.
    static func runGenerator(_ program: String, _ arguments: [String]) async throws -> String {
        try await run("\(environment)/\(program)", arguments)
    }

    /// Runs a program on bytes; what it prints.
    static func run(_ program: String, _ arguments: [String], on bytes: [UInt8] = []) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(program.hasPrefix("/") ? program : "/usr/bin/\(program)")),
            arguments: Arguments(arguments),
            environment: .custom([
                "PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
            ]),
            input: .array(bytes),
            output: .string(limit: 4 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(
            result.terminationStatus.isSuccess,
            "\(program) \(arguments)\n\(result.standardError.suffix(2_000))"
        )
        return result.standardOutput
    }

    /// Has Chromium open an address, with a profile in a folder; what it prints.
    static func chromium(_ arguments: String..., open address: String, in folder: String) async throws -> String {
        try await run(
            "chromium",
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--user-data-dir=\(folder)/profile",
            ] + arguments + [address]
        )
    }
}

/// Writes a file of a test.
func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let file = try FileDescriptor.open(
        FilePath(path),
        .writeOnly,
        options: [.create, .truncate],
        permissions: [.ownerReadWrite]
    )
    _ = try file.closeAfter { try file.writeAll(bytes) }
}
