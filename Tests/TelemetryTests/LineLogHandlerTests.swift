import Glibc
import Logging
import Synchronization
import Telemetry
import Testing

/// The log, as JSON and as text.
@Suite struct LineLogHandlerTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func logger(_ lines: Lines, _ form: LineLogHandler.Form = .json) -> Logger {
        Logger(label: "test") { _ in
            LineLogHandler(
                form,
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

    @Test func textStaysOnItsLine() {
        let lines = Lines()
        var logger = logger(lines, .text)
        logger[metadataKey: "z"] = "kept"
        logger.warning("a\r\nb\u{2028}", metadata: ["job": "x\u{1B}[1m", "n": "1"])
        #expect(
            lines.all.withLock { $0 } == [
                #"2026-11-25T14:03:48.007000Z warning a\r\nb\u{2028} job=x\u{1B}[1m n=1 z=kept"#
            ]
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
