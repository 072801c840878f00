import Orders
import Testing

/// A mistyped tracking number is noticed where the carrier's numbers have a check digit.
struct CarrierTests {
    @Test(arguments: [
        ("royal-mail", "RR473124829GB"), ("royal-mail", "RB123456785GB"), ("ups", "1Z5R89390357567127"),
        ("ups", "1Z879E930346834440"), ("fedex", "986578788855"), ("fedex", "477179081230"), ("dpd", "15501234567890"),
        ("other", "ABC-1234"),
    ])
    func aRightNumberIsTaken(carrier: String, number: String) {
        #expect(Carrier(code: carrier).fault(in: number) == nil)
    }

    /// Any one wrong digit is found.
    @Test(arguments: [("royal-mail", "RR473124829GB"), ("ups", "1Z5R89390357567127"), ("fedex", "986578788855")])
    func anyOneWrongDigitIsFound(carrier: String, number: String) {
        let characters = Array(number)
        var missed = 0
        for index in characters.indices where characters[index].isNumber && !(carrier == "ups" && index == 0) {
            for digit in "0123456789" where digit != characters[index] {
                var wrong = characters
                wrong[index] = digit
                if Carrier(code: carrier).fault(in: String(wrong)) == nil { missed += 1 }
            }
        }
        // Where two remainders fall together, as with 0 and 5 doubled, a few pass.
        #expect(missed <= characters.count)
    }

    @Test(arguments: [
        ("royal-mail", "RR473124828GB"), ("royal-mail", "RR47312482GB"), ("royal-mail", "1Z5R89390357567127"),
        ("ups", "1Z5R89390357567128"), ("ups", "2Z5R89390357567127"), ("fedex", "986578788856"), ("other", "A B"),
        ("other", "abc"), ("dhl", "1;DROP"), ("other", String(repeating: "1", count: 41)),
    ])
    func aWrongNumberIsRefused(carrier: String, number: String) {
        #expect(Carrier(code: carrier).fault(in: number) != nil)
    }

    @Test func numbersAreTidied() {
        #expect(Carrier.tidy(" rr 4731 24829 gb ") == "RR473124829GB")
    }
}
