/// The agent's configuration in every guest: upstream's keys and values, but for a poll a second, so that what a platform does in the
/// course of a scenario is seen within it.
enum AgentSettings {
    static let document = Array(
        """
        {
          "logFolder": "/var/log/azure-proxy-agent",
          "eventFolder": "/var/log/azure-proxy-agent/events",
          "latchKeyFolder": "/var/lib/azure-proxy-agent/keys",
          "monitorIntervalInSeconds": 60,
          "pollKeyStatusIntervalInSeconds": 1,
          "hostGAPluginSupport": 1,
          "ebpfProgramName": "ebpf_cgroup.o",
          "cgroupRoot": "/sys/fs/cgroup",
          "fileLogLevel": "Info",
          "fileLogLevelForEvents": "Info",
          "fileLogLevelForSystemEvents": "Info"
        }

        """.utf8)
}
