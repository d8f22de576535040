import Foundation
import SystemPackage

/// The agent's configuration in a guest.
public enum AgentSettings {
    /// Upstream's keys and values, but for a poll a second, so that what a platform does in the course of a scenario is seen within it.
    public static let document = Array(
        """
        {
          "logFolder": "/var/log/azure-proxy-agent",
          "eventFolder": "/var/log/azure-proxy-agent/events",
          "latchKeyFolder": "/var/lib/azure-proxy-agent/keys",
          "monitorIntervalInSeconds": 60,
          "\(pollKey)": 1,
          "hostGAPluginSupport": 1,
          "ebpfProgramName": "ebpf_cgroup.o",
          "cgroupRoot": "/sys/fs/cgroup",
          "fileLogLevel": "Info",
          "fileLogLevelForEvents": "Info",
          "fileLogLevelForSystemEvents": "Info"
        }

        """.utf8)

    /// A configuration whose program is another one.
    /// - Parameter program: Where the agent finds it.
    public static func document(_ configuration: [UInt8], program: String) -> [UInt8] {
        guard var members = try? JSONSerialization.jsonObject(with: Data(configuration)) as? [String: Any] else { return configuration }
        members["ebpfFileFullPath"] = program
        return (try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])).map(Array.init)
            ?? configuration
    }

    /// Nothing that can be read: the agent cannot start with it.
    public static let broken = Array("{ \"logFolder\": ".utf8)

    private static let pollKey = "pollKeyStatusIntervalInSeconds"

    /// A bundle's own configuration with that one change; ours when it has none.
    static func adjusted(_ configuration: [UInt8]?, of bundle: FilePath) throws -> [UInt8] {
        guard let configuration else { return document }
        let content = configuration.starts(with: [0xEF, 0xBB, 0xBF]) ? configuration.dropFirst(3) : configuration[...]
        guard var members = try? JSONSerialization.jsonObject(with: Data(content)) as? [String: Any] else {
            throw AgentBundleError(.badConfiguration, subject: bundle.string, detail: String(decoding: content.prefix(40), as: UTF8.self))
        }
        members[pollKey] = 1
        return Array(try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]))
    }
}
