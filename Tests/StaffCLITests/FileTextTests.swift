@testable import StaffCLI
import Testing

/// A file in another encoding is refused with the place of the first byte that is none of ours.
@Suite struct FileTextTests {
    @Test func aMarkBeforeTheTextIsTakenOff() throws {
        for text in ["", "{}", "Jürgen\nMüller 東京 🧴 \u{FFFD}", "\u{FEFF}in\u{FEFF}side"] {
            #expect(try FileText.checked([0xEF, 0xBB, 0xBF] + Array(text.utf8), "f") == Array(text.utf8))
        }
        #expect(try FileText.checked(Array("{}".utf8), "f") == Array("{}".utf8))
    }

    /// Windows-1252 in the third line, UTF-16, the start of a letter at the end, a letter that is written too long, half a
    /// pair; and what stands for a bad byte is text where it is written out.
    @Test(
        arguments: [
            (Array("a\n\nJ".utf8) + [0xFC, 0x72], 3, 2), ([0xFF, 0xFE, 0x7B, 0x00], 1, 1),
            (Array("東京".utf8) + [0xC3], 1, 3), ([0x0A, 0xC0, 0x80], 2, 1), ([0x41, 0xED, 0xA0, 0x80], 1, 2),
            (Array("\u{FFFD}".utf8) + [0x80], 1, 2), ([0xEF, 0xBB, 0xBF, 0x41, 0xFF], 1, 2),
        ] as [([UInt8], Int, Int)]
    )
    func otherBytesAreRefusedWithTheirPlace(bytes: [UInt8], line: Int, column: Int) {
        let error = #expect(throws: StaffError.self) { try FileText.checked(bytes, "prices.json") }
        #expect(
            error?.sentences == ["prices.json is not UTF-8, from line \(line), column \(column) on: save it as UTF-8."]
        )
    }

    @Test func commandsThatReadFilesSayWhichAndWhere() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            machine.write("catalog.json", bytes: Array("{\n\"name\": \"".utf8) + [0xFC])
            let path = machine.path("catalog.json")
            for command in ["plan", "apply"] {
                let outcome = await machine.run("catalog", command, path)
                #expect(outcome.code == 5, "\(outcome)")
                #expect(outcome.errors == "\(path) is not UTF-8, from line 2, column 10 on: save it as UTF-8.\n")
            }
            #expect(store.lines.isEmpty)
            // A file that is only named may hold anything, such as certificates with comments.
            let named = try LocalFile.readable(path)
            #expect(named.hasSuffix("catalog.json"))
            machine.write("marked.json", "\u{FEFF}{}")
            #expect(await machine.run("catalog", "plan", machine.path("marked.json")).code == 0)
            #expect(store.requests.last?.body == "{}")
        }
    }

    @Test func aTokenFromAFileMayHaveTheMark() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let machine = try Machine(nil)
            let login = ["login", "--url", store.url]
            #expect(await machine.run(all: login, piped: ["\u{FEFF}secret-token"]).code == 0)
            #expect(store.requests.last?.headers["authorization"] == "Bearer secret-token")
            let wrong = await machine.run(all: login, piped: ["se\u{FFFD}cret"])
            #expect(wrong.code == 5 && wrong.errors.hasPrefix("Standard input is not UTF-8, from line 1, column 3 on"))
        }
    }
}
