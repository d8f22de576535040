/// The runner as a distribution has it, whoever brought it there.
public enum InstalledRunner {
    public static let folder = "/usr/lib/kmatrix"
    public static let path = folder + "/guest-runner"
    /// Starts it in a distribution that booted with its own loader.
    public static let argument = "installed"
}
