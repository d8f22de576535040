import Foundation
public import SystemPackage

/// What `ci/build` puts next to each other, for guests that are stand-ins themselves: all without content but the guests' network, which is
/// the real one.
public enum StandInProducts {
    public static func make(in folder: FilePath) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.appending("bpf").string, withIntermediateDirectories: true)
        for name in ["azure-proxy-agent", "guest-runner", "bpf/connect4.bpf.o"] {
            try Data().write(to: URL(filePath: folder.appending(name).string))
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.appending(name).string)
        }
        let agents = Repository.path.appending("images/agents").string
        if !manager.fileExists(atPath: folder.appending("agents").string) { try manager.copyItem(atPath: agents, toPath: folder.appending("agents").string) }
        guard !manager.fileExists(atPath: folder.appending("guest-network").string) else { return }
        try manager.copyItem(atPath: BuiltProgram.path("guest-network").string, toPath: folder.appending("guest-network").string)
    }
}
