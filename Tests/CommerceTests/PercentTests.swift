import Commerce
import Testing

struct PercentTests {
    @Test(arguments: [(0, "0 %"), (5, "0.05 %"), (500, "5 %"), (750, "7.5 %"), (888, "8.88 %"), (10_000, "100 %")])
    func rateIsWrittenAsPeopleDo(basisPoints: Int64, text: String) {
        #expect(Percent.text(basisPoints: basisPoints) == text)
    }
}
