/// The agent's own version: three numbers, as `--version` prints it.
public enum AgentVersion {
    public static let current = "0.1.0"
    public static let programName = "azure-proxy-agent"
}
