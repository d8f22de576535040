import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("A second agent")
struct InstanceLockTests {
    @Test("is refused while the first runs, by its number, and not afterwards")
    func second() throws {
        let folder = try TemporaryFolder()
        let log = AgentLog(folder: nil, systemLevel: .error)
        var first = try InstanceLock.take(in: folder.path.appending("lib"), log: log)
        #expect(first != nil)
        let error = try #require(throws: InstanceLock.Taken.self) { _ = try InstanceLock.take(in: folder.path.appending("lib"), log: log) }
        #expect(error.description.contains("pid \(getpid())"))
        first = nil
        #expect(try InstanceLock.take(in: folder.path.appending("lib"), log: log) != nil)
    }

    @Test("runs without a lock where there is no place for one")
    func nowhere() throws {
        #expect(try InstanceLock.take(in: "/proc/nowhere", log: AgentLog(folder: nil, systemLevel: .error)) == nil)
    }
}
