import GuestProtocol
import SystemPackage
import TestSupport
import Testing

@testable import GuestRunner

@Suite("DeviceWaiting")
struct DeviceWaitingTests {
    @Test("finds the port by its name among others")
    func ports() throws {
        try TemporaryFolder.during { folder in
            try SmallFile.write(Array("org.other\n".utf8), to: "\(folder)/vport0p1/name")
            try SmallFile.write(Array("org.kmatrix.control\n".utf8), to: "\(folder)/vport1p2/name")
            try SmallFile.makeFolders("\(folder)/vport1p3")
            #expect(DeviceWaiting.serialPort(named: "org.kmatrix.control", classFolder: folder.string) == "/dev/vport1p2")
            #expect(DeviceWaiting.serialPort(named: "org.kmatrix", classFolder: folder.string) == nil)
        }
    }

    @Test("tells virtio disks by their serial numbers")
    func disks() throws {
        try TemporaryFolder.during { folder in
            for name in ["loop0", "vdb", "vda", "vdc"] { try SmallFile.makeFolders("\(folder)/\(name)") }
            try SmallFile.write(Array("kmatrix-root".utf8), to: "\(folder)/vda/serial")
            try SmallFile.write(Array("kmatrix-payload\n".utf8), to: "\(folder)/vdb/serial")
            #expect(DeviceWaiting.disk(.payload, blockFolder: folder.string) == "/dev/vdb")
            #expect(DeviceWaiting.disk(.root, blockFolder: folder.string) == "/dev/vda")
            #expect(DeviceWaiting.disk(.modules, blockFolder: folder.string) == nil)
            for (name, number) in [("vda1", "1"), ("vda14", "14"), ("vda15", "15")] {
                try SmallFile.write(Array("\(number)\n".utf8), to: "\(folder)/vda/\(name)/partition")
            }
            #expect(DeviceWaiting.disk(.root, partition: 1, blockFolder: folder.string) == "/dev/vda1")
            #expect(DeviceWaiting.disk(.root, partition: 15, blockFolder: folder.string) == "/dev/vda15")
            #expect(DeviceWaiting.disk(.root, partition: 4, blockFolder: folder.string) == nil)
            #expect(DeviceWaiting.disk(.payload, partition: 1, blockFolder: folder.string) == nil)
            #expect(DeviceWaiting.disk(.payload, blockFolder: "\(folder)/none") == nil)
        }
    }

    @Test("takes the card for the network, whatever it is called, and nothing that is no device")
    func networkCard() throws {
        try TemporaryFolder.during { folder in
            for name in ["lo", "enp0s2", "docker0"] { try SmallFile.makeFolders("\(folder)/\(name)") }
            #expect(NetworkSetup.interface(classFolder: folder.string) == nil)
            try SmallFile.makeFolders("\(folder)/enp0s2/device")
            #expect(NetworkSetup.interface(classFolder: folder.string) == "enp0s2")
        }
    }

    @Test("asks at once, and once more when the deadline has passed gives up")
    func deadline() {
        var asked = 0
        let found: Int? = DeviceWaiting().first(before: Deadline(after: 0)) {
            asked += 1
            return nil
        }
        #expect(found == nil)
        #expect(asked == 1)
        #expect(DeviceWaiting().first(before: Deadline(after: 0)) { 7 } == 7)
    }
}
