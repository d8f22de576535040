import MatrixModel
import Testing

@Suite("Kernel versions")
struct KernelVersionTests {
    private func version(_ text: String) throws -> KernelVersion { try KernelVersion(parsing: text) }

    @Test(
        "sort by meaning",
        arguments: [
            ("5.9", "5.10"), ("5.9.16-1", "5.10.1-1"), ("6.1.9-1", "6.1.10-1"), ("6.1", "6.1.1"), ("6.1.27-1", "6.1.27-2"), ("6.1.27-9", "6.1.27-10"),
            ("6.12.117-1~deb12u1", "6.12.117-1"), ("7.3.4-1~bpo13+1", "7.3.4-1"), ("7.3~rc4-1~exp1", "7.3-1"), ("6.19.14-1", "7.0.4-1"),
        ])
    func order(older: String, newer: String) throws {
        #expect(try version(older) < version(newer))
        #expect(try !(version(newer) < version(older)))
    }

    @Test("are written as they were read", arguments: ["6.1.192-2", "6.12.117-1~deb12u1", "7.3~rc4-1~exp1", "6.1.192", "5.10", "7.3.4+deb13-cloud-amd64"])
    func roundTrip(text: String) throws {
        #expect(try version(text).description == text)
    }

    @Test(
        "are refused when anything is wrong with them",
        arguments: [
            "", "6", "6.", ".1", "6..1", "-6.1", "+6.1", "6.1x", "6.1-", "v6.1", "6.1 ", " 6.1", "6.1-2/x", "6.1-2\n", "6.1.99999999999999999999", "6,1", "６.1",
        ])
    func malformed(text: String) {
        let error = #expect(throws: SelectorError.self) { _ = try KernelVersion(parsing: text) }
        #expect(error?.code == .malformedVersion)
    }

    @Test("match as far as they say something")
    func matching() throws {
        #expect(try version("6.1.192").matches(version("6.1.192-2")))
        #expect(try version("6.1.192-2").matches(version("6.1.192-2")))
        #expect(try !version("6.1.192-2").matches(version("6.1.192-1")))
        #expect(try !version("6.1").matches(version("6.1.192")))
    }

    @Test("name their series")
    func series() throws {
        #expect(try version("6.12.117-1").series == KernelSeries(major: 6, minor: 12))
        #expect(KernelSeries(major: 5, minor: 9) < KernelSeries(major: 5, minor: 10))
        #expect(throws: SelectorError.self) { _ = try KernelSeries(parsing: "6.1.2") }
    }
}

@Suite("The order of package versions (Debian Policy 5.6.12)")
struct PackageVersionOrderTests {
    @Test("goes up through the policy's own example", arguments: zip(["~~", "~~a", "~", ""], ["~~a", "~", "", "a"]))
    func policyExample(older: String, newer: String) {
        #expect(PackageVersionOrder.compare(older, newer) < 0)
        #expect(PackageVersionOrder.compare(newer, older) > 0)
    }

    @Test(
        "compares numbers as numbers and letters before signs",
        arguments: [
            ("1.9", "1.10"), ("9", "10"), ("a", "+"), ("1a", "1+"), ("1", "1+deb"), ("1~rc1", "1"), ("1.2", "1.2.1"),
            ("99999999999999999999998", "99999999999999999999999"),
        ])
    func order(older: String, newer: String) {
        #expect(PackageVersionOrder.compare(older, newer) < 0)
        #expect(PackageVersionOrder.compare(newer, older) > 0)
    }

    @Test("pays no heed to leading zeros", arguments: [("1.01", "1.1"), ("0", ""), ("00", "0"), ("a", "a")])
    func equal(one: String, other: String) {
        #expect(PackageVersionOrder.compare(one, other) == 0)
    }
}
