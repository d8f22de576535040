import Foundation
import GuestImages
import Subprocess
import SystemPackage
import TestSupport

/// A program that connects to this machine's Unix sockets by their names. Perl has the system calls for it, and every Debian has perl.
struct SocketAttempt {
    static let perl = FilePath("/usr/bin/perl")
    private static let place = "usr/lib/attempt.pl"
    private static let program = """
        my ($path, $name, $isGuest) = @ARGV;
        my @ways = (["path", 1, pack("Sa*", 1, $path)], ["abstract", 1, pack("Sa*", 1, "\\0$name")]);
        push @ways, ["vsock", 40, pack("SSLLL", 40, 0, 1024, 2, 0)] if $isGuest;
        for (@ways) {
            my ($way, $family, $address) = @$_;
            my $socket;
            my $done = socket($socket, $family, 1, 0) && connect($socket, $address);
            print "attack: socket by $way ", ($done ? "reached" : "refused: $!"), "\\n";
        }
        """

    let path: FilePath
    let abstractName: String
    /// Perl and what it is linked with.
    let items: [PayloadSpec.Item]

    init(path: FilePath, abstractName: String) async throws {
        (self.path, self.abstractName) = (path, abstractName)
        let listing = try await DebianRepository.output("ldd", [Self.perl.string])
        let libraries = listing.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("/") }.map(String.init)
        items =
            ([Self.perl.string] + libraries).map { PayloadSpec.Item(path: String($0.dropFirst()), source: .file(FilePath(Self.resolved($0))), mode: 0o755) }
            + [PayloadSpec.Item(path: Self.place, source: .bytes(Array(Self.program.utf8)))]
    }

    private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false) }

    /// In the guest, where a virtual socket (vsock(7)) would lead to the host as well.
    var command: String { "\(Self.perl) /\(Self.place) \(path) \(abstractName) guest" }

    /// The same on this machine.
    func runHere() async throws -> String { try await DebianRepository.output("perl", ["-e", Self.program, path.string, abstractName]) }
}
