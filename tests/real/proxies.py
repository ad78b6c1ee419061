#!/usr/bin/env python3
"""Proxies and client certificates on the wire: each hop by its own rule, and nothing falls through: proxies.py AWSFED"""
import base64
import socket
import socketserver
import ssl
import struct
import threading

from cli import flags, main
from tls import Server, authority, certificate, openssl

HOST = "idp.example"  # no name server knows it: who reaches it went through a proxy
USER, PASSWORD = "build user", "pä:ss @%"


def pump(one, other):
    """Both ways, until one side closes."""
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
    threading.Thread(target=copy, args=(other, one), daemon=True).start()
    copy(one, other)


class Connect(socketserver.BaseRequestHandler):
    """An HTTP proxy that takes CONNECT from who knows the password, and leads any host to the one server."""

    def handle(self):
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := self.request.recv(4096)):
                return
            head += data
        self.server.heads.append(head)
        expected = b"Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode())
        if b"proxy-authorization: " + expected.lower() not in head.lower():
            self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n")
            return
        try:
            with socket.create_connection(("127.0.0.1", self.server.target)) as target:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                pump(self.request, target)
        except OSError:
            self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")


class Socks(socketserver.BaseRequestHandler):
    """SOCKS 5 (RFC 1928, 1929), with names and a password."""

    def exactly(self, n):
        data = b""
        while len(data) < n:
            if not (more := self.request.recv(n - len(data))):
                raise OSError("closed")
            data += more
        return data

    def handle(self):
        try:
            _, count = self.exactly(2)
            methods = self.exactly(count)
            self.server.heads.append(methods)
            if 2 not in methods:
                self.request.sendall(b"\x05\xff")
                return
            self.request.sendall(b"\x05\x02")
            _, length = self.exactly(2)
            user = self.exactly(length)
            password = self.exactly(self.exactly(1)[0])
            good = (user, password) == (USER.encode(), PASSWORD.encode())
            self.request.sendall(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return
            _, _, _, kind = self.exactly(4)
            name = self.exactly(self.exactly(1)[0]) if kind == 3 else self.exactly(4 if kind == 1 else 16)
            self.exactly(2)
            self.server.heads.append(name)
            with socket.create_connection(("127.0.0.1", self.server.target)) as target:
                self.request.sendall(b"\x05\x00\x00\x01" + socket.inet_aton("127.0.0.1") + struct.pack(">H", self.server.target))
                pump(self.request, target)
        except OSError:
            pass


class Proxy:
    def __init__(self, handler, target):
        class Threaded(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
        self.server = Threaded(("127.0.0.1", 0), handler)
        self.server.target, self.server.heads = target, []
        self.address = f"127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def seen(self):
        heads, self.server.heads[:] = list(self.server.heads), []
        return heads


def run(tool, cases, home):
    authority(home, "ours")
    certificate(home, "good", f"DNS:{HOST}")
    certificate(home, "client", "DNS:client.example")

    def call(url, ca="ours.crt", stdin=None, **settings):
        return tool("obtain", "--error-format", "json", *flags(idp="form", idp_url=url, user="alice", password="env:PASSWORD", region="eu-central-1",
                                                               ca_file=home / ca, **settings), stdin=stdin, PASSWORD="hunter2hunter2", PROXY_PASSWORD=PASSWORD)

    account = {"proxy_user": USER, "proxy_password": "env:PROXY_PASSWORD"}
    with Server(home, "good") as server:
        target = server.server.server_port
        with Proxy(Connect, target) as proxy:
            way = f"http://{proxy.address}"
            outcome = call(f"https://{HOST}/", proxy=way, **account)
            cases.refused("the form is reached through a proxy that asks for a password", outcome, "credentials-refused", "refused")
            heads = proxy.seen()
            cases.case("the proxy saw the host's name, and no cookie, form or user agent of the page",
                       None if heads and all(head.startswith(f"CONNECT {HOST}:443 ".encode()) and b"hunter2" not in head for head in heads) else str(heads))
            outcome = call(f"https://{HOST}/", proxy=way)
            cases.refused("without a password the proxy refuses, and the setting is named", outcome, "proxy-failed", "network", "proxy_user")
            outcome = call(f"https://{HOST}/", proxy=way, proxy_user=USER, proxy_password="env:PASSWORD")
            cases.refused("with a wrong one too", outcome, "proxy-failed", "network", "proxy_user")
            posted = len(server.server.posted)
            proxy.seen()
            outcome = call(f"https://{HOST}/", proxy=way, no_proxy=f"other.example, .{HOST.split('.')[1]}", **account)
            cases.refused("a host of no_proxy is not sent through it", outcome, "host-unknown", "network")
            cases.case("the proxy heard nothing of it", str(proxy.seen()) if proxy.seen() else None)
            cases.case("and nothing more was posted", None if len(server.server.posted) == posted else "something was")
            outcome = call(f"https://127.0.0.1:{target}/", proxy=way, **account)
            cases.refused("loopback is never sent through a proxy", outcome, "certificate-untrusted", "trust")
            cases.case("the proxy heard nothing of loopback", str(proxy.seen()) if proxy.seen() else None)
            cases.refused("a proxy of another kind is refused", call(f"https://{HOST}/", proxy=f"ftp://{proxy.address}"), "setting-invalid", "setting", "proxy")
            cases.refused("a password in the proxy's URL is refused", call(f"https://{HOST}/", proxy=f"http://a:b@{proxy.address}"), "setting-invalid", "setting", "proxy")
        with Proxy(Socks, target) as proxy:
            way = f"socks5h://{proxy.address}"
            cases.refused("the form is reached through SOCKS", call(f"https://{HOST}/", proxy=way, **account), "credentials-refused", "refused")
            heads = proxy.seen()
            cases.case("the SOCKS proxy resolves the name", None if HOST.encode() in heads else "it saw no name")
            cases.case("no Kerberos ticket is offered to it", "GSSAPI is" if 1 in heads[0] else None)
            cases.refused("a wrong password at the SOCKS proxy", call(f"https://{HOST}/", proxy=way, proxy_user=USER, proxy_password="env:PASSWORD"),
                          "proxy-failed", "network", "proxy_user")
        with Proxy(Connect, 1) as proxy:
            cases.refused("a server that the proxy cannot reach", call(f"https://{HOST}/", proxy=f"http://{proxy.address}", timeout="5s", **account),
                          "proxy-failed", "network", "proxy")

    certificate(home, "local", "IP:127.0.0.1")
    with Server(home, "local") as server:
        context = server.server.socket.context
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(home / "ours.crt")
        cases.refused("a server that asks for a client certificate refuses who shows none", call(server.url), "tls-failed", "trust", "client_certificate")
        outcome = call(server.url, client_certificate=home / "client.crt", client_key=home / "client.key")
        cases.refused("with the certificate the form is reached", outcome, "credentials-refused", "refused")
        outcome = call(server.url, client_certificate=home / "client.crt", client_key=home / "local.key")
        cases.refused("a key that does not fit is named", outcome, "setting-invalid", "setting", "client_certificate")
        # OpenSSL asks the terminal for a pass phrase, and standard input where there is none.
        openssl("pkcs8", "-topk8", "-in", home / "client.key", "-out", home / "locked.key", "-passout", "pass:phrase")
        outcome = call(server.url, client_certificate=home / "client.crt", client_key=home / "locked.key", stdin="phrase\n")
        cases.refused("a key with a pass phrase is refused, and nobody is asked for it", outcome, "setting-invalid", "setting", "client_certificate")
        cases.case("no question is printed", "one is" if "pass phrase:" in outcome.err else None)


if __name__ == "__main__":
    main(run)
