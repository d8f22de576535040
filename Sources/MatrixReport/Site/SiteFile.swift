import CSiteFiles

/// The files of `Resources`, which every site contains as they are.
enum SiteFile {
    static var style: [UInt8] { bytes(site_style()) }
    static var script: [UInt8] { bytes(site_script()) }
    static var reportLinesSchema: [UInt8] { bytes(site_report_lines_schema()) }

    private static func bytes(_ file: site_file) -> [UInt8] { Array(UnsafeBufferPointer(start: file.bytes, count: file.length)) }
}
