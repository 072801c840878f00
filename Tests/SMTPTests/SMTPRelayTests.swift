import Encodings
import SMTP
import Testing

struct SMTPRelayTests {
    private func error(_ url: String) -> SMTPRelayError? {
        do throws(SMTPRelayError) {
            _ = try SMTPRelay(url: url)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "", "mail.example", "mail.example:25", "http://mail.example", "smtp://", "smtp://:25", "smtp://mail.example:0",
        "smtp://mail.example:70000", "smtp://mail.example/a/b", "smtp://mail.example/a%0D%0A", "smtp://mail.example?a",
        "smtp://mail.example#a", "smtp://mail example", "smtp://mail.example\r\n",
    ])
    func anotherAddressIsMalformed(url: String) {
        #expect(error(url) == .malformedURL)
    }

    @Test(arguments: ["smtp://ada@mail.example", "smtps://ada:canary@mail.example:465", "smtp://:canary@mail.example"])
    func loginHasAPlaceOfItsOwn(url: String) throws {
        #expect(error(url) == .loginInURL)
        let login = SMTPRelay.Login(user: "ada", password: Secret("canary"))
        var dumped = ""
        dump(try SMTPRelay(url: "smtp://mail.example", login: login), to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test(arguments: [
        ("smtp://mail.example:587", SMTPRelay.TLS.required), ("smtps://mail.example", .required),
        ("smtp://127.example", .required), ("smtp://10.0.0.1/store.example", .required),
        ("smtp://localhost.example", .required),
        ("smtp://localhost:25", .never), ("smtp://127.0.0.1", .never), ("smtp://127.8.9.10:25", .never),
        ("smtp://[::1]:25", .never),
    ])
    func onlyTheMachineItselfIsSpokenToInTheClear(url: String, tls: SMTPRelay.TLS) throws {
        #expect(try SMTPRelay(url: url).tls == tls)
        // What was said holds.
        #expect(try SMTPRelay(url: url, tls: .ifOffered).tls == .ifOffered)
    }
}
