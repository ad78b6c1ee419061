"""The libraries that are built in: static, hidden, with no more features than the library uses."""
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import sources
from toolchain import COMMON_FLAGS, REQUIREMENTS

HERE = Path(__file__).resolve().parent
COMPONENTS = HERE / "components.json"
OPENSSL_JOBS = 2  # it is most of the work

# No programs, modules or engines, no protocols and ciphers of the past. What Debian's OpenSSL reads from openssl.cnf is
# of the system's OpenSSL, and names modules of it: this one reads none.
OPENSSL_OPTIONS = (
    "no-shared", "no-tests", "no-engine", "no-module", "no-dso", "no-legacy", "no-autoload-config", "no-makedepend",
    "no-ssl3", "no-ssl3-method", "no-dtls", "no-sctp", "no-srp", "no-psk", "no-comp", "no-zlib", "no-ui-console",
    "no-cmp", "no-cms", "no-ts", "no-rfc3779", "no-gost", "no-idea", "no-seed", "no-bf", "no-cast", "no-rc2", "no-rc5",
    "no-mdc2", "no-md2", "no-whirlpool", "no-sm2", "no-sm3", "no-sm4", "no-aria", "no-camellia", "no-rdrand",
    "no-weak-ssl-ciphers")

CURL_OPTIONS = (
    "--disable-shared", "--enable-static", "--disable-dependency-tracking", "--enable-symbol-hiding",
    "--enable-threaded-resolver", "--enable-ipv6", "--enable-http", "--enable-proxy", "--enable-cookies",
    "--enable-ntlm", "--disable-ntlm-wb", "--disable-ftp", "--disable-file", "--disable-ldap", "--disable-ldaps",
    "--disable-rtsp", "--disable-dict", "--disable-telnet", "--disable-tftp", "--disable-pop3", "--disable-imap",
    "--disable-smb", "--disable-smtp", "--disable-gopher", "--disable-mqtt", "--disable-manual", "--disable-alt-svc",
    "--disable-hsts", "--disable-tls-srp", "--disable-netrc", "--disable-libcurl-option", "--disable-kerberos-auth",
    "--disable-negotiate-auth", "--disable-aws", "--without-zlib", "--without-brotli", "--without-zstd",
    "--without-libpsl", "--without-libidn2", "--without-librtmp", "--without-libssh2", "--without-nghttp2",
    "--without-gssapi", "--without-ca-bundle", "--without-ca-path", "--without-ca-fallback")

# With the legacy functions: without them libxml2 2.9 sets the HTML parser up for its first thread alone, and the first
# page that any other thread reads is empty.
LIBXML2_OPTIONS = (
    "--disable-shared", "--enable-static", "--disable-dependency-tracking", "--with-minimum", "--with-legacy",
    "--with-threads", "--with-tree", "--with-output", "--with-push", "--with-sax1", "--with-html", "--with-xpath", "--with-c14n",
    "--with-iconv", "--without-icu", "--without-http", "--without-ftp", "--without-python", "--without-lzma",
    "--without-zlib", "--without-catalog", "--without-modules")

ZLIB_FILES = ("adler32", "compress", "crc32", "deflate", "infback", "inffast", "inflate", "inftrees", "trees",
              "uncompr", "zutil")
HIREDIS_FILES = ("alloc", "async", "hiredis", "net", "read", "sds")

# MIT Kerberos is not built in: only the system's headers of it are read, and the library opens it where it is.
KERBEROS_HEADERS = ("krb5.h", "krb5/krb5.h", "profile.h", "com_err.h", "gssapi.h", "gssapi/gssapi.h",
                    "et/com_err.h", "gssapi/gssapi_ext.h", "gssapi/gssapi_krb5.h")


class Parts:
    """Builds into a prefix of its own for each target and each state of the sources, the tools and this file."""

    def __init__(self, cache, lock, target, tools):
        self.cache, self.lock, self.target, self.tools = cache, lock, target, tools
        self.key = self.key_of()
        self.prefix = cache / "parts" / f"{target.name}-{self.key}"
        self.work = cache / "work" / target.name

    def key_of(self):
        digest = hashlib.sha256(repr((self.target, self.target.zig, COMMON_FLAGS)).encode())
        for path in (sources.LOCK, REQUIREMENTS, COMPONENTS, Path(__file__)):
            digest.update(path.read_bytes())
        for name in KERBEROS_HEADERS:
            digest.update((kerberos_headers() / name).read_bytes())
        return digest.hexdigest()[:16]

    def ready(self):
        return (self.prefix / "ready").exists()

    def build(self, folders):
        if self.ready():
            return
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.rmtree(self.prefix, ignore_errors=True)
        (self.prefix / "lib/pkgconfig").mkdir(parents=True)
        (self.prefix / "include").mkdir()
        (self.work / "log").mkdir(parents=True)
        (self.prefix / "licences").mkdir()
        components = json.loads(COMPONENTS.read_text())
        for name, folder in folders.items():
            sources.unpack(folder, self.work / name, self.work / "log/unpack")
            shutil.copy(self.work / name / components["inside"][name]["licence_file"], self.prefix / f"licences/{name}.txt")
        for step in (self.zlib, self.rapidjson, self.pugixml, self.fmt, self.hiredis, self.kerberos, self.openssl,
                     self.libxml2, self.curl):
            print(f"   {step.__name__} for {self.target.name}", flush=True)
            step()
        self.forget_place()
        shutil.rmtree(self.work)
        (self.prefix / "ready").touch()

    def forget_place(self):
        """Where pkg-config finds the description, it finds the library too: under whatever path it is reached."""
        for path in (self.prefix / "lib/pkgconfig").glob("*.pc"):
            path.write_text(path.read_text().replace(str(self.prefix), "${pcfiledir}/../.."))
        for path in (self.prefix / "lib").glob("*.la"):
            path.unlink()

    # ---- how -----------------------------------------------------------------------------------

    def flags(self, source):
        """Nothing of this machine's folders is to be found in what is built."""
        return " ".join([*COMMON_FLAGS, "-g1", f"-ffile-prefix-map={source}={source.name}"])

    def run(self, source, *command, environment=None):
        log = self.work / "log" / source.name
        with log.open("a") as file:
            done = subprocess.run(list(map(str, command)), cwd=source, stdin=subprocess.DEVNULL, stdout=file,
                                  stderr=subprocess.STDOUT, env=os.environ | (environment or {}), check=False)
        if done.returncode != 0:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
            raise sources.SourceError(f"{source.name} cannot be built ({log}):\n{tail}")

    def environment(self, source):
        tools = self.tools
        return {"CC": str(tools.cc), "CXX": str(tools.cxx), "AR": str(tools.ar), "RANLIB": str(tools.ranlib),
                "CFLAGS": self.flags(source), "CXXFLAGS": self.flags(source),
                "PKG_CONFIG_LIBDIR": str(self.prefix / "lib/pkgconfig"), "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C"}

    def configure_and_make(self, source, *options, goals=("install",)):
        # Patches have made configure.ac newer than configure, which does not mean that it is to be made again.
        environment = self.environment(source) | dict.fromkeys(("ACLOCAL", "AUTOCONF", "AUTOHEADER", "AUTOMAKE"), ":")
        self.run(source, "./configure", f"--host={self.target.gnu}", f"--prefix={self.prefix}", *options,
                 environment=environment)
        self.run(source, "make", "-j1", *goals, environment=environment)

    def archive(self, source, library, files, *flags):
        """For those that are a few files: no configuration, no programs."""
        objects = []
        for file in files:
            compiler = self.tools.cxx if file.suffix in (".cc", ".cpp") else self.tools.cc
            objects.append(self.work / f"{source.name}-{file.stem}.o")
            self.run(source, compiler, *self.flags(source).split(), *flags, "-c", file, "-o", objects[-1])
        self.run(source, self.tools.ar, "rcs", self.prefix / f"lib/lib{library}.a", *objects)

    def headers(self, folder, pattern, into="."):
        target = self.prefix / "include" / into
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob(pattern)):
            shutil.copy(path, target)

    def pkg_config(self, name, source, link):
        (self.prefix / f"lib/pkgconfig/{name}.pc").write_text(
            f"prefix={self.prefix}\nName: {name}\nDescription: {name}\nVersion: {upstream(self.lock, source)}\n"
            f"Libs: -L${{prefix}}/lib {link}\nCflags: -I${{prefix}}/include\n")

    # ---- what ----------------------------------------------------------------------------------

    def zlib(self):
        source = self.work / "zlib"
        self.archive(source, "z", [source / f"{name}.c" for name in ZLIB_FILES])
        for name in ("zlib.h", "zconf.h"):
            self.headers(source, name)
        self.pkg_config("zlib", "zlib", "-lz")

    def rapidjson(self):
        shutil.copytree(self.work / "rapidjson/include/rapidjson", self.prefix / "include/rapidjson")

    def pugixml(self):
        source = self.work / "pugixml"
        self.archive(source, "pugixml", [source / "src/pugixml.cpp"])
        self.headers(source / "src", "*.hpp")
        self.pkg_config("pugixml", "pugixml", "-lpugixml")

    def fmt(self):
        source = self.work / "fmtlib"
        self.archive(source, "fmt", [source / "src/format.cc"], "-std=c++20", f"-I{source}/include")
        self.headers(source / "include/fmt", "*.h", "fmt")
        self.pkg_config("fmt", "fmtlib", "-lfmt")

    def hiredis(self):
        source = self.work / "hiredis"
        # Debian's patch for CVE-2021-32765 left one function with size_t in a table of int; gcc only warns.
        self.archive(source, "hiredis", [source / f"{name}.c" for name in HIREDIS_FILES], "-std=c99",
                     "-D_GNU_SOURCE", "-Wno-error=incompatible-function-pointer-types")
        for name in ("hiredis.h", "read.h", "sds.h", "alloc.h"):
            self.headers(source, name, "hiredis")
        self.pkg_config("hiredis", "hiredis", "-lhiredis")

    def kerberos(self):
        for name in KERBEROS_HEADERS:
            target = self.prefix / "include" / name
            target.parent.mkdir(exist_ok=True)
            shutil.copy(kerberos_headers() / name, target)
        for name in ("krb5", "krb5-gssapi"): # found, and nothing to link
            (self.prefix / f"lib/pkgconfig/{name}.pc").write_text(
                f"Name: {name}\nDescription: headers\nVersion: {kerberos_version()}\nCflags: -I{self.prefix}/include\n")

    def openssl(self):
        source = self.work / "openssl"
        environment = self.environment(source)
        del environment["CXX"], environment["CXXFLAGS"]
        # It is not installed, and the prefix would only tell where this machine keeps it.
        self.run(source, "perl", "./Configure", self.target.openssl, "--prefix=/usr", "--libdir=lib",
                 "--openssldir=/etc/ssl", *OPENSSL_OPTIONS, *self.target.openssl_options, environment=environment)
        self.run(source, "make", f"-j{OPENSSL_JOBS}", "build_generated", "crypto/buildinf.h", environment=environment)
        # OpenSSL_version() would tell the compiler's path and flags.
        told = subprocess.run(["perl", "util/mkbuildinf.pl", "zig cc", self.target.openssl], cwd=source, check=True,
                              capture_output=True, env=os.environ | environment)
        (source / "crypto/buildinf.h").write_bytes(told.stdout)
        self.run(source, "make", f"-j{OPENSSL_JOBS}", "libcrypto.a", "libssl.a", environment=environment)
        for name in ("libcrypto.a", "libssl.a"):
            shutil.copy(source / name, self.prefix / "lib")
        self.headers(source / "include/openssl", "*.h", "openssl")
        for name, link in (("libcrypto", "-lcrypto -ldl -pthread"), ("libssl", "-lssl -lcrypto -ldl -pthread"),
                           ("openssl", "-lssl -lcrypto -ldl -pthread")):
            self.pkg_config(name, "openssl", link)

    def libxml2(self):
        source = self.work / "libxml2"
        self.configure_and_make(source, *LIBXML2_OPTIONS,
                                goals=("libxml2.la", "install-libLTLIBRARIES", "install-pkgconfigDATA"))
        self.run(source, "make", "-C", "include", "install", environment=self.environment(source))

    def curl(self):
        source = self.work / "curl"
        self.configure_and_make(source, f"--with-openssl={self.prefix}", *CURL_OPTIONS,
                                goals=("-C", "lib", "install"))
        self.run(source, "make", "-C", "include", "install", environment=self.environment(source))
        self.run(source, "make", "install-pkgconfigDATA", environment=self.environment(source))


def kerberos_version():
    return subprocess.run(["pkg-config", "--modversion", "krb5"], capture_output=True, text=True, check=True).stdout.strip()


def kerberos_headers():
    told = subprocess.run(["pkg-config", "--variable=includedir", "krb5"], capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise sources.SourceError("Kerberos' headers are not here: install libkrb5-dev.")
    return Path(told.stdout.strip() or "/usr/include")


def upstream(lock, package):
    """1:1.2.13.dfsg-1 is 1.2.13."""
    version = lock["sources"][package]["version"].split(":")[-1].rsplit("-", 1)[0]
    return version.split("+")[0].removesuffix(".dfsg")
