/// What is typed in an elevated prompt on Windows.
extension Remedy {
    static let startWindowsDrivers = Remedy(
        "Start both drivers, the core before the extension, and then the agent.",
        [
            "sc.exe query eBPFCore", "sc.exe query NetEbpfExt", "sc.exe start eBPFCore", "sc.exe start NetEbpfExt", "sc.exe stop GuestProxyAgent",
            "sc.exe start GuestProxyAgent",
        ],
        note: "1060 says that the service is not installed: the platform installs it with the guest extension. 577 says that its signature was refused."
    )
    static let startWindowsAgent = Remedy(
        "Start the agent's service.", ["sc.exe query GuestProxyAgent", "sc.exe qc GuestProxyAgent", "sc.exe start GuestProxyAgent"],
        note:
            "1060 says that it is not installed: the platform installs it with the guest extension. Its logs are in C:\\WindowsAzure\\ProxyAgent\\Logs."
    )
}
