import Testing

@testable import KmatrixCommands

@Suite("Disk space as people write it")
struct DiskSpaceTests {
    @Test("is a whole number with a unit of 1024", arguments: [("1K", 1 << 10), ("500M", 500 << 20), ("20G", 20 << 30), ("6GiB", 6 << 30), ("2T", 2 << 40)])
    func sizes(text: String, bytes: Int) { #expect(DiskSpace(parsing: text)?.bytes == bytes) }

    @Test("is nothing else", arguments: ["", "20", "G", "0G", "-1G", "1.5G", "20GB", "20g", "6 G", "20Gib", "999999999T", "9999999999K", "٣G"])
    func nonsense(text: String) { #expect(DiskSpace(parsing: text) == nil) }
}

@Suite("The limit of all snapshots")
struct SnapshotLimitTests {
    @Test("is the option's, else the variable's, else six gibibytes")
    func precedence() throws {
        let variable = ["KMATRIX_SNAPSHOT_LIMIT": "500M"]
        #expect(try GuestOptions.snapshotBytes("20G", environment: variable) == 20 << 30)
        #expect(try GuestOptions.snapshotBytes(nil, environment: variable) == 500 << 20)
        #expect(try GuestOptions.snapshotBytes(nil, environment: [:]) == 6 << 30)
        #expect(throws: (any Error).self) { try GuestOptions.snapshotBytes(nil, environment: ["KMATRIX_SNAPSHOT_LIMIT": "lots"]) }
    }
}
