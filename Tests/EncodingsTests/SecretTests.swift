import Encodings
import Testing

struct SecretTests {
    private struct Holder {
        let key = Secret("canary-7431")
        let list = [Secret("canary-7431")]
        let maybe: Secret? = Secret("canary-7431")
    }

    @Test func secretIsNotPrintedHoweverItIsHeld() {
        var dumped = ""
        dump(Holder(), to: &dumped)
        for text in ["\(Holder())", String(reflecting: Holder()), "\(Secret("canary-7431"))", dumped] {
            #expect(!text.contains("canary"), "\(text)")
        }
        #expect(Secret("canary-7431").text == "canary-7431")
    }
}
