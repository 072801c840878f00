import AsyncHTTPClient
import Glibc
import NIOHTTP1
import TestSupport
import Testing

/// The program as the first process of a container: what its tools leave behind is its own to collect.
@Suite struct ContainerTests {
    @Test(.enabled(if: geteuid() == 0, "only root makes a namespace of processes"))
    func killedServerIsBroughtBackAndNothingDeadIsLeft() async throws {
        try await withTestFolder { folder in
            let port = freePort()
            let store = try #require(
                spawn(
                    "/usr/bin/unshare",
                    [
                        "--pid", "--fork", "--kill-child", "--mount-proc", StoreProcess.program, "serve", "--port",
                        "\(port)",
                        "--data-dir", folder,
                    ],
                    environment: ["PATH=/usr/bin:/bin", "AFTERCARE_LOG_LEVEL=critical", StoreProcess.patience]
                )
            )
            defer {
                kill(store, SIGKILL)
                var status: Int32 = 0
                waitpid(store, &status, 0)
            }
            let client = HTTPClient.wide()
            @Sendable func isReady() async -> Bool {
                (try? await client.send(.GET, "http://127.0.0.1:\(port)/readyz", timeout: 2))?.status == 200
            }
            try await eventually("the store is ready") { await isReady() }
            for _ in 0..<2 {
                let postmaster = try #require(await Self.postmaster(of: folder))
                let killed = kill(postmaster, SIGKILL)
                #expect(killed == 0)
                try await eventually("another server runs, and the store is ready") {
                    guard let other = await Self.postmaster(of: folder), other != postmaster else { return false }
                    return await isReady()
                }
            }
            // Those that died were children of the program, whose parent is the one that made the namespace.
            let dead = await shell(
                """
                program=$(cat "/proc/$1/task/$1/children"); program=${program% }
                for child in $(cat "/proc/$program/task/$program/children"); do
                    if grep -q '^State:.Z' "/proc/$child/status"; then exit 1; fi
                done
                """,
                "\(store)"
            )
            #expect(dead == 0)
            try await client.shutdown()
            await shell("kill -TERM $(cat \"/proc/$1/task/$1/children\")", "\(store)")
            try await eventually("the server has stopped with the program") {
                await Self.postmaster(of: folder) == nil
            }
        }
    }

    /// The server that lives in a folder, by its number outside the container.
    private static func postmaster(of folder: String) async -> pid_t? {
        let file = folder + "/found"
        _ = await shell(
            """
            for process in /proc/[0-9]*; do
                [ "$(readlink "$process/cwd")" = "$1/cluster" ] || continue
                case "$(tr '\\0' ' ' < "$process/cmdline")" in /*postgres*) basename "$process" ;; esac
            done > "$2"
            """,
            folder,
            file
        )
        guard let found = fopen(file, "r") else { return nil }
        defer { fclose(found) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = fread(&bytes, 1, 64, found)
        return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").first.flatMap { pid_t($0) }
    }
}
