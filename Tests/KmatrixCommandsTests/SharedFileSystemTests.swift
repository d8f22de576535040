import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// What shared file systems refuse: locks (NFS without a lock service) and Unix sockets. A library between the program and the kernel
    /// refuses them here.
    @Suite("A run on a file system that refuses things")
    struct SharedFileSystemTests {
        let bench: StandInRun
        private var out: FilePath { bench.folder.appending("run") }
        private var library: FilePath { bench.folder.appending("refuse.so") }

        private static let source = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <errno.h>
            #include <libgen.h>
            #include <limits.h>
            #include <stdlib.h>
            #include <string.h>
            #include <stdio.h>
            #include <sys/socket.h>
            #include <sys/un.h>

            /* Whether what a descriptor is open for lies below the refusing folder. */
            static int refused(const char *path) {
                const char *below = getenv("REFUSE_BELOW");
                char real[PATH_MAX];
                return below && realpath(path, real) && strncmp(real, below, strlen(below)) == 0;
            }

            int flock(int descriptor, int operation) {
                const char *error = getenv("REFUSE_LOCKS");
                char link[64];
                snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
                if (error && refused(link)) { errno = atoi(error); return -1; }
                return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(descriptor, operation);
            }

            int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
                const char *error = getenv("REFUSE_SOCKETS");
                if (error && address->sa_family == AF_UNIX) {
                    char folder[sizeof(struct sockaddr_un) + 1] = {0};
                    memcpy(folder, ((const struct sockaddr_un *)address)->sun_path, length - sizeof(sa_family_t));
                    if (refused(dirname(folder))) { errno = atoi(error); return -1; }
                }
                return ((int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind"))(descriptor, address, length);
            }
            """

        init() async throws {
            bench = try StandInRun()
            let source = bench.folder.appending("refuse.c")
            try Self.source.write(toFile: source.string, atomically: true, encoding: .utf8)
            _ = try await DebianRepository.output("gcc", ["-shared", "-fPIC", "-o", library.string, source.string, "-ldl"])
        }

        private func kmatrix(_ arguments: [String], _ refusals: [String: String]) async throws -> CommandLineTests.Said {
            let further = ["LD_PRELOAD": library.string, "XDG_CACHE_HOME": bench.folder.appending("cache").string].merging(refusals) { $1 }
            return try await CommandLineTests.kmatrix(arguments, environment: bench.environment.merging(further) { $1 })
        }

        @Test("without Unix sockets comes to its verdicts, for its sockets are in this machine's temporary folder", arguments: [EPERM, ENOTSUP])
        func sockets(error: Int32) async throws {
            let said = try await kmatrix(bench.arguments(["--out", out.string]), ["REFUSE_SOCKETS": "\(error)", "REFUSE_BELOW": out.string])
            #expect(said.code == 0, "\(said.stderr)")
            #expect(try StoredRun.intact(at: out).document.cells.map(\.verdict) == [.compatible, .compatible, .compatible])
            // A temporary folder that refuses them is the user's to change.
            let other = bench.folder.appending("other")
            let refused = try await kmatrix(
                bench.arguments(["--out", other.string, "--retries", "0"]), ["REFUSE_SOCKETS": "\(error)", "REFUSE_BELOW": bench.sockets.string])
            #expect(refused.code == 3)
            let cells = try StoredRun.intact(at: other).document.cells
            #expect(
                cells.allSatisfy { $0.verdict == .inconclusive && $0.summary.contains("set TMPDIR to a folder of your own on this machine's disk") },
                "\(cells.map(\.summary))")
        }

        @Test("without locks says whose they are and what to do", arguments: [ENOLCK, ENOSYS], ["run", "cache"])
        func locks(error: Int32, place: String) async throws {
            let below = place == "run" ? out : bench.folder.appending("cache")
            let said = try await kmatrix(bench.arguments(["--out", out.string]), ["REFUSE_LOCKS": "\(error)", "REFUSE_BELOW": below.string])
            #expect(said.code != 0)
            #expect(said.stderr.contains("cannot lock '\(below)"), "\(said.stderr)")
            #expect(
                said.stderr.contains(
                    place == "run" ? "choose a folder on another file system with --out" : "set XDG_CACHE_HOME to a folder on this machine's disk"),
                "\(said.stderr)")
        }

        @Test("keeps no socket in the run's folder, and none anywhere once it has ended")
        func places() async throws {
            try bench.hang(after: 1)
            let (out, bench) = (out, bench)
            try await bench.kmatrix(bench.arguments(["--out", out.string])) { process in
                while bench.started < 2 { try await Task.sleep(for: .milliseconds(20)) }
                while try bench.socketFiles().count < 3 { try await Task.sleep(for: .milliseconds(20)) }
                #expect(try bench.socketFiles().allSatisfy { $0.hasPrefix("tmp/") })
                let folder = try #require(try FileManager.default.contentsOfDirectory(atPath: bench.sockets.string).first)
                let attributes = try FileManager.default.attributesOfItem(atPath: bench.sockets.appending(folder).string)
                #expect(attributes[.posixPermissions] as? Int == 0o700)
                kill(process, SIGINT)
            }
            #expect(try bench.socketFiles().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.sockets.string).isEmpty)
        }
    }
}
