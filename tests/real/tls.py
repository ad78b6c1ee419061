#!/usr/bin/env python3
"""Security rules 2 and 3 on the wire: real TLS servers with certificates of several kinds: tls.py AWSFED"""
import contextlib
import http.server
import os
import ssl
import subprocess
import threading
import warnings

from cli import flags, main

FORM = b'<form method="post" action="/in"><input name="u"><input type="password" name="p"></form>'


class Site(http.server.BaseHTTPRequestHandler):
    """Shows a form, and remembers what was posted to it."""

    def do_GET(self):  # noqa: N802 (the name is http.server's)
        self.answer()

    def do_POST(self):  # noqa: N802
        self.server.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer()

    def answer(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(FORM)))
        self.end_headers()
        self.wfile.write(FORM)

    def log_message(self, *_):
        pass


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def authority(home, name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", home / f"{name}.key",
            "-out", home / f"{name}.crt", "-addext", "basicConstraints=critical,CA:TRUE")


def certificate(home, name, host, days=2):
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", home / f"{name}.key", "-out", home / f"{name}.csr")
    (home / f"{name}.ext").write_text(f"subjectAltName={host}\n")
    openssl("x509", "-req", "-in", home / f"{name}.csr", "-CA", home / "ours.crt", "-CAkey", home / "ours.key", "-CAcreateserial",
            "-days", days, "-extfile", home / f"{name}.ext", "-out", home / f"{name}.crt")


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, request, _):
        """A handshake that breaks off is what is tested here. The client may read our alert before we hang up."""
        with contextlib.suppress(OSError):
            while os.read(request.fileno(), 4096):
                pass


class Server:
    def __init__(self, home, name, version=None):
        self.server = Quiet(("127.0.0.1", 0), Site)
        self.server.posted = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(home / f"{name}.crt", home / f"{name}.key")
        if version:
            context.minimum_version = context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def run(tool, cases, home):
    warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.1, which is the point
    authority(home, "ours")
    authority(home, "theirs")
    certificate(home, "good", "IP:127.0.0.1")
    certificate(home, "elsewhere", "DNS:idp.example")
    certificate(home, "expired", "IP:127.0.0.1", days=-1)

    def call(server, ca="ours.crt", **variables):
        return tool("obtain", "--error-format", "json", *flags(idp="form", idp_url=server.url, user="alice", password="env:PASSWORD", region="eu-central-1",
                                                               ca_file=ca and home / ca), PASSWORD="hunter2hunter2", **variables)

    with Server(home, "good") as server:
        cases.refused("security rule 2: a certificate of nobody we know", call(server, ca=None), "certificate-untrusted", "trust", "ca_file")
        cases.refused("security rule 2: a certificate of another authority", call(server, ca="theirs.crt"), "certificate-untrusted", "trust")
        cases.case("security rule 2: neither was sent the password", server.server.posted and "something was posted")
        keys = home / "tls-keys"
        cases.refused("with the authority in ca_file the form is reached, and refuses", call(server, SSLKEYLOGFILE=str(keys)), "credentials-refused", "refused")
        cases.case("it was sent the password once, as a form", None if server.server.posted == [b"u=alice&p=hunter2hunter2"] else str(len(server.server.posted)))
        cases.case("security rule 3: the tool removes SSLKEYLOGFILE", keys.exists() and "TLS keys were written")
        # Loopback is never sent through a proxy, so this needs another host: one whose name nobody knows here. With the
        # proxy of the variables it would be the proxy that is asked, and the error another.
        outcome = tool("obtain", "--error-format", "json", *flags(idp="form", idp_url="https://idp.invalid/", region="eu-central-1"),
                       https_proxy=server.url, ALL_PROXY=server.url)
        cases.refused("security rule 3: a proxy of the environment is not used", outcome, "host-unknown", "network")
        outcome = tool("obtain", "--error-format", "json", *flags(idp="form", idp_url="https://idp.invalid/", region="eu-central-1",
                                                                  proxy="http://127.0.0.1:1"))
        cases.refused("a proxy of the settings is used", outcome, "proxy-failed", "network", "proxy")
    with Server(home, "elsewhere") as server:
        cases.refused("security rule 2: a certificate for another host", call(server), "certificate-untrusted", "trust")
        cases.case("nothing was posted there", server.server.posted and "something was posted")
    with Server(home, "expired") as server:
        cases.refused("security rule 2: an expired certificate", call(server), "certificate-untrusted", "trust")
    with Server(home, "good", ssl.TLSVersion.TLSv1_1) as server:
        cases.refused("security rule 2: TLS 1.1", call(server), "tls-failed", "trust")


if __name__ == "__main__":
    main(run)
