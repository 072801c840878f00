import Foundation
import Mail
import TestSupport
import Testing

/// A message says in another's reader what was put in, and breaks no rule of its lines on the way.
struct MailMessageTests {
    /// Line ends of any kind made one. By code units: a CR and the LF that follows are one character to Swift.
    private func unified(_ text: String) -> String {
        text.replacingOccurrences(of: "\r\n", with: "\n", options: .literal)
            .replacingOccurrences(of: "\r", with: "\n", options: .literal)
    }

    /// ASCII, lines of at most 76 octets ended by CR LF, none of which begins with a dot.
    private func isWellFormed(_ bytes: [UInt8]) -> Bool {
        guard bytes.allSatisfy({ $0 < 128 && $0 != 0 }) else { return false }
        let lines = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\u{FFFF}")
            .split(separator: "\u{FFFF}", omittingEmptySubsequences: false)
        return lines.last == ""
            && lines.allSatisfy { $0.utf8.count <= 76 && !$0.contains("\r") && !$0.contains("\n") && $0.first != "." }
    }

    @Test(.enabled("Python is installed") { ReadMessage.isInstalled })
    func namesAndSubjectsOfAnyScriptAreReadAsTheyWere() async throws {
        let messages = try Samples.lines.map { line in
            try Samples.message(
                to: Samples.mailbox(line),
                replyTo: Samples.mailbox(line, "help@mail.example"),
                subject: line,
                attachments: [MailMessage.Attachment(name: "\(line).txt", type: "text/plain", bytes: [])]
            ).bytes()
        }
        for (line, (bytes, read)) in zip(Samples.lines, zip(messages, try await ReadMessage.read(messages))) {
            #expect(isWellFormed(bytes), "\(line)")
            #expect(read.subject == line)
            #expect(read.to == .init(name: line, address: "ada@example.com"))
            #expect(read.replyTo == .init(name: line, address: "help@mail.example"))
            #expect(read.files.map(\.name) == ["\(line).txt"])
            #expect(read.defects == [], "\(line)")
        }
    }

    @Test(.enabled("Python is installed") { ReadMessage.isInstalled })
    func textsAreReadAsTheyWere() async throws {
        let texts = Samples.texts.flatMap { [$0, $0.replacing("\n", with: "\r\n"), $0 + "\r", $0 + "\n"] }
        let messages = try texts.map { text in
            try Samples.message(plain: text, html: "<pre>\(text)", calendar: .init(name: "a.ics", text: text)).bytes()
        }
        for (text, (bytes, read)) in zip(texts, zip(messages, try await ReadMessage.read(messages))) {
            #expect(isWellFormed(bytes), "\(text)")
            #expect(unified(read.plain) == unified(text))
            #expect(unified(read.html) == unified("<pre>\(text)"))
            #expect(read.files.map { unified(String(decoding: $0.bytes, as: UTF8.self)) } == [unified(text)])
            #expect(read.defects == [], "\(text)")
        }
    }

    @Test(.enabled("Python is installed") { ReadMessage.isInstalled })
    func randomTextsAndBytesAreReadAsTheyWere() async throws {
        var random = SeededGenerator(seed: 11)
        // What is cut, escaped, folded or ends something comes often.
        let scalars: [Unicode.Scalar] = [
            ".", " ", "\t", "\r", "\n", "=", "-", "_", "F", "a", "ß", "漢", "😀", "\u{202E}", "\0",
        ]
        func text() -> String {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<400, using: &random) {
                text.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
            }
            return String(text)
        }
        var (texts, files, messages): ([(String, String)], [[UInt8]], [[UInt8]]) = ([], [], [])
        for _ in 0..<300 {
            texts.append((text(), text()))
            files.append(
                (0..<Int.random(in: 0..<200, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            )
            messages.append(
                try Samples.message(
                    plain: texts[texts.count - 1].0,
                    html: texts[texts.count - 1].1,
                    attachments: [.init(name: "a", type: "application/octet-stream", bytes: files[files.count - 1])]
                ).bytes()
            )
        }
        #expect(messages.allSatisfy(isWellFormed))
        let all = try await ReadMessage.read(messages)
        for (read, ((plain, html), file)) in zip(all, zip(texts, files)) {
            #expect(unified(read.plain) == unified(plain))
            #expect(unified(read.html) == unified(html))
            #expect(read.files.map { Array($0.bytes) } == [file])
            #expect(read.defects == [])
        }
        // The product's own reader reads them alike.
        for (bytes, ((plain, html), file)) in zip(messages, zip(texts, files)) {
            let stored = try #require(StoredMail(bytes))
            #expect(unified(stored.plain) == unified(plain) && unified(stored.html) == unified(html))
            #expect(stored.files.map(\.bytes) == [file])
        }
    }

    @Test(arguments: Samples.lines) func ownReaderReadsHeadersInAnyScript(text: String) throws {
        let name = text.isEmpty ? "Ada" : text
        let message = try Samples.message(
            to: Samples.mailbox(name),
            subject: text,
            attachments: [.init(name: text.isEmpty ? "a" : text, type: "text/plain", bytes: [1])]
        )
        let stored = try #require(StoredMail(message.bytes()))
        #expect(stored.subject == text)
        #expect(stored.files.map(\.name) == [text.isEmpty ? "a" : text])
    }

    @Test(.enabled("Python is installed") { ReadMessage.isInstalled })
    func headersAndPartsAreReadAsTheyWere() async throws {
        let message = try Samples.full()
        let read = try await ReadMessage.read(message.bytes())
        #expect(
            read.structure == """
                multipart/mixed[multipart/alternative[text/plain text/html] text/calendar application/pdf text/plain]
                """
        )
        #expect(read.secondsSince1970 == 1_795_681_512)
        #expect(read.from == .init(name: "Aftercare", address: "store@mail.example"))
        #expect(read.calendarMethod == "PUBLISH")
        #expect(read.files.map(\.name) == ["guide.ics", "invoice.pdf", "Anleitung für Zoë.txt"])
        #expect(read.files[1].bytes == Data(0...255))
        #expect(read.defects == [])
        let expected = [
            "Message-ID": "<order-17@mail.example>", "In-Reply-To": "<order-16@mail.example>",
            "References": "<order-16@mail.example>", "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": "<https://store.example/unsubscribe/0123456789abcdef>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "MIME-Version": "1.0",
        ]
        for (name, value) in expected { #expect(read.headers[name] == value) }

        let small = try await ReadMessage.read(Samples.message().bytes())
        #expect(small.structure == "multipart/alternative[text/plain text/html]")
        let names: Set = ["Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
        #expect(Set(small.headers.keys) == names)
    }

    /// The same message is the same bytes for good: what differs is written again with AFTERCARE_WRITE_GOLDEN=1, and read.
    @Test func messageIsTheSameBytesForGood() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/full.eml")
        let bytes = Data(try Samples.full().bytes())
        if ProcessInfo.processInfo.environment["AFTERCARE_WRITE_GOLDEN"] != nil {
            try bytes.write(to: file)
            Issue.record("full.eml was written, not compared")
        } else {
            #expect(try Data(contentsOf: file) == bytes)
        }
    }
}
