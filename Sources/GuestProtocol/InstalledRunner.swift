/// Where a distribution has the runner, however it got there.
public enum InstalledRunner {
    public static let folder = "/usr/lib/kmatrix"
    public static let path = folder + "/guest-runner"
    /// Starts it in a distribution that booted with its own loader.
    public static let argument = "installed"
}
