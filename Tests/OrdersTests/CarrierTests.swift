import Orders
import Testing

/// A mistyped tracking number is noticed where the carrier's numbers have a check digit; a form that the shop does not
/// know is a question.
struct CarrierTests {
    @Test(arguments: [
        ("royal-mail", "RR473124829GB"), ("royal-mail", "RB123456785GB"), ("royal-mail", "32048519280009E54D0F7"),
        ("ups", "1Z5R89390357567127"), ("ups", "1Z879E930346834440"), ("ups", "1Z410E7W0392751591"),
        ("ups", "MI123456ABC"), ("ups", "9261292700768711948021"),
        ("fedex", "986578788855"), ("fedex", "477179081230"), ("fedex", "041441760228964"),
        ("fedex", "568283610012000"), ("fedex", "000123450000000027"), ("fedex", "61299998820821171811"),
        ("fedex", "9261292700768711948021"), ("fedex", "9611020987654312345672"),
        ("fedex", "1001921334250001000300779017972697"), ("fedex", "9622001900000000000000776632517510"),
        ("dpd", "15501234567890"), ("dpd", "008182709980000020033350276C"), ("dpd", "008182709980000020045327276N"),
        ("dhl", "3318810025"), ("dhl", "73891051146"), ("dhl", "8487135506"), ("dhl", "JJD0099999999"),
        ("dhl", "JVGL0999999990"), ("dhl", "GM2951173225174494"), ("evri", "H01HYA0123456789"),
        ("usps", "03071790000523483741"), ("usps", "71969010756003077385"), ("usps", "9505511069605048600624"),
        ("usps", "9400111201080805483016"), ("usps", "92748931507708513018050063"),
        ("usps", "420221539101026837331000039521"), ("usps", "4201002334249200190132607600833457"),
        ("other", "ABC-1234"), ("pigeon-post", "X-1-Y"),
    ])
    func aRightNumberIsTaken(carrier: String, number: String) {
        #expect(Carrier(code: carrier).check(number) == .right)
    }

    /// Any one wrong digit is found, but for the few that a check digit can't tell apart.
    @Test(arguments: [
        ("royal-mail", "RR473124829GB"), ("ups", "1Z5R89390357567127"), ("fedex", "986578788855"),
        ("fedex", "041441760228964"), ("dpd", "008182709980000020033350276C"), ("dhl", "3318810025"),
        ("usps", "9400111201080805483016"),
    ])
    func anyOneWrongDigitIsFound(carrier: String, number: String) {
        let characters = Array(number)
        var (missed, tried) = (0, 0)
        for index in characters.indices where characters[index].isNumber {
            for digit in "0123456789" where digit != characters[index] {
                var wrong = characters
                wrong[index] = digit
                tried += 1
                if Carrier(code: carrier).check(String(wrong)) == .right { missed += 1 }
            }
        }
        // Seven remainders can't tell ten digits apart.
        #expect(missed * 100 <= tried * (carrier == "dhl" ? 15 : 10), "\(missed) of \(tried)")
    }

    @Test(arguments: [
        ("royal-mail", "RR473124828GB"), ("ups", "1Z5R89390357567128"), ("fedex", "986578788856"),
        ("fedex", "568283610012732"), ("fedex", "9261292700768711948020"),
        ("fedex", "1001901781990001000300617767839438"), ("dpd", "008182709980000020033350276A"),
        ("dhl", "3318810034"), ("usps", "03071790000523483742"), ("usps", "4201028200009261290113185417468511"),
    ])
    func aWrongCheckDigitIsFound(carrier: String, number: String) {
        #expect(Carrier(code: carrier).check(number) == .wrong)
    }

    @Test(arguments: [
        ("royal-mail", "RR47312482GB"), ("royal-mail", "1Z5R89390357567127"), ("ups", "2Z5R89390357567127"),
        ("ups", "J1234567890"), ("fedex", "98657878885"), ("dpd", "ABCD"), ("dhl", "JD"), ("evri", "12345678"),
        ("usps", "LETTER-1"),
    ])
    func anUnknownFormIsAQuestion(carrier: String, number: String) {
        #expect(Carrier(code: carrier).check(number) == .unknown)
    }

    @Test(arguments: ["A B", "abc", "abcd", "1;DROP", String(repeating: "1", count: 41), "ÄBCD1", "", "１２３４"])
    func whatIsNoNumberIsNone(number: String) {
        #expect(!Carrier.isPlain(number))
    }

    /// At any length the arithmetic ends, and a number with a dash is none of a known carrier's.
    @Test(arguments: Carrier.known.filter { $0 != "other" })
    func everyLengthIsAnswered(carrier: String) {
        for length in 0...38 {
            for start in ["", "1Z", "MI", "92", "96", "420", "100", "JD", "GM", "RR"] {
                for character in ["0", "9", "A", "Z"] {
                    let number = start + String(repeating: character, count: length)
                    _ = Carrier(code: carrier).check(number)
                    #expect(Carrier(code: carrier).check(number + "-") == .unknown)
                }
            }
        }
    }

    @Test func numbersAreTidied() {
        #expect(Carrier.tidy(" rr 4731 24829 gb ") == "RR473124829GB")
    }
}
