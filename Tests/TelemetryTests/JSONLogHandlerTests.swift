import Glibc
import Logging
import Synchronization
import Telemetry
import Testing

/// The log as a JSON object a line.
@Suite struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func logger(_ lines: Lines) -> Logger {
        Logger(label: "test") { _ in
            JSONLogHandler(
                write: { line in lines.all.withLock { $0.append(line) } },
                now: { .init(tv_sec: 1_795_615_428, tv_nsec: 7_000_123) }
            )
        }
    }

    @Test func lineCarriesTheNamesOfOpenTelemetry() {
        let lines = Lines()
        logger(lines).notice("answered", metadata: ["http.route": "/v1/carts", "http.response.status_code": "201"])
        #expect(
            lines.all.withLock { $0 } == [
                #"{"timestamp":"2026-11-25T14:03:48.007000Z","severityText":"NOTICE","severityNumber":10,"#
                    + #""body":"answered","attributes":{"http.response.status_code":201,"http.route":"/v1/carts"}}"#
            ]
        )
    }

    @Test func whatIsInTheTextStaysInItsString() {
        let lines = Lines()
        logger(lines).error("a \"b\"\n\u{1}", metadata: ["x\n": "007", "y": ["1", "z"], "w": ["k": "\\"]])
        #expect(
            lines.all.withLock { $0[0] }.hasSuffix(
                #""body":"a \"b\"\n\u0001","attributes":{"w":{"k":"\\"},"x\n":"007","y":[1,"z"]}}"#
            )
        )
    }

    @Test func levelsBelowTheOneThatIsSetSayNothing() {
        let lines = Lines()
        var logger = logger(lines)
        logger.info("no")
        logger.logLevel = .debug
        logger.debug("yes")
        logger.trace("no")
        #expect(lines.all.withLock { $0.count } == 1)
    }
}
