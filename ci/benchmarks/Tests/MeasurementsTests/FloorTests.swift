import Measurements
import Testing

@Suite("The floor between what is measured")
struct FloorTests {
    @Test("each time is compared with the two next to it")
    func neighbours() {
        var floor = Floor(first: 1)
        for seconds in [3.0, 5, 7, 9] { floor.add(seconds) }
        #expect(floor.ratios([4, 12], each: 2, from: 0) == [2, 2])
        #expect(floor.ratios([8, 8], each: 2, from: 1) == [2, 1])
        // What has no boot after it has no ratio.
        #expect(floor.ratios([2, 6, 9], each: 2, from: 0) == [1, 1])
        #expect(floor.seconds == [1, 3, 5, 7, 9])
    }
}
