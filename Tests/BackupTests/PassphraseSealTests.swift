import Encodings
import Testing

@testable import Backup

struct PassphraseSealTests {
    @Test func onlyThePassphraseOpensItAndDamageIsToldFromAnotherPassphrase() throws {
        let text = Array("the link key".utf8)
        let passphrase = Secret("correct horse battery staple")
        let file = try PassphraseSeal.seal(text, passphrase: passphrase)
        #expect(try PassphraseSeal.open(file, passphrase: passphrase) == text)
        #expect(!String(decoding: file, as: UTF8.self).contains("link key"))
        #expect(throws: PassphraseSeal.Fault.wrongPassphrase) {
            try PassphraseSeal.open(file, passphrase: Secret("correct horse battery stapler"))
        }
        for place in [0, 20, file.count / 2, file.count - 1] {
            var damaged = file
            damaged[place] ^= 1
            #expect(throws: PassphraseSeal.Fault.damaged) { try PassphraseSeal.open(damaged, passphrase: passphrase) }
        }
        #expect(throws: PassphraseSeal.Fault.damaged) {
            try PassphraseSeal.open(Array(file.dropLast(5)), passphrase: passphrase)
        }
        #expect(throws: PassphraseSeal.Fault.damaged) { try PassphraseSeal.open([], passphrase: passphrase) }
        // Another salt and nonce each time.
        #expect(try PassphraseSeal.seal(text, passphrase: passphrase) != file)
    }
}
