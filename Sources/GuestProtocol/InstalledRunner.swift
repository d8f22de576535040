/// The runner as a distribution has it, whoever brought it there.
public enum InstalledRunner {
    public static let path = "/usr/lib/kmatrix/guest-runner"
    /// Starts it in a distribution that booted by itself.
    public static let argument = "installed"
}
