/// What is done on the host that runs kmatrix.
extension Remedy {
    static let runAgain = Remedy(
        "Run the cell again; nothing was proven about the agent.", in: .harness, ["kmatrix run --kernel SERIES --cgroup LAYOUT --jobs 1"])
    static let checkHost = Remedy("Check whether this host can run guests.", in: .harness, ["kmatrix doctor"])
    static let raiseLimits = Remedy(
        "Run fewer guests at once.", in: .harness, ["kmatrix run --kernel SERIES --cgroup LAYOUT --jobs 1"],
        note: "An emulated guest on a busy host is slow.")
    static let chooseKernel = Remedy("Choose a kernel that is available.", in: .harness, ["kmatrix kernels list --all-versions"])
    static let buildImage = Remedy("Build the distribution's image and read the error.", in: .harness, ["kmatrix distros build DISTRO --refresh"])
    static let chooseLayout = Remedy("Choose a layout that the guest's systemd still offers.", in: .harness, ["kmatrix run --distro DISTRO --cgroup unified"])
}
