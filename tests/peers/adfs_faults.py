#!/usr/bin/env python3
"""idp=adfs at each fault of the TLS peer, before and behind the password, and through each proxy and what is none: adfs_faults.py AWSFED

Behind the password: a server with TLS hands the pages of the AD FS look-alike on, and answers the password with a fault of the peer.
"""
import contextlib
import socket
import ssl
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from oracle import ORACLE, PASSWORD, ROLE, Farm
from peers import PEER
from proxy_kinds import Asked, Front, Fronted, refusals, through
from tls_faults import AT_ONCE, ELSEWHERE, PATHS, SERVERS, SLACK, fails, limit, network, timed

from cli import flags, main
from tls import authority, certificate

def sign_in(tool, url, variables=None, **more):
    settings = {"idp": "adfs", "idp_url": url, "user": "CORP\\alice", "password": "env:PASSWORD", "region": "us-east-1", "role_arn": ROLE,
                "sts_endpoint": ORACLE["STS"], "http_loopback": "true"}
    return tool("obtain", "-vvv", "--error-format", "json", *flags(**{**settings, **network(**more)}), **{"PASSWORD": PASSWORD, **(variables or {})})


# ---- faults ---------------------------------------------------------------------------------------------------------


def at_servers(tool, cases):
    """Those of a whole server, met with the first page."""
    def one(row):
        return timed("as AD FS", lambda: sign_in(tool, PEER["TLS_" + row[0]], **row[1].settings), limit(row[1]))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (name, fault), call in zip(SERVERS.items(), pool.map(one, SERVERS.items())):
            fails(cases, name, call, fault.sign_in or fault.sts, fault.sign_in_word or fault.word, fault.setting, limit(fault))


class AdfsFront(Front):
    """The look-alike makes its addresses of the Host that it is asked by, and knows no address of IPv6."""

    def headers_behind(self):
        return {**self.headers, "Host": urllib.parse.urlsplit(self.server.behind).netloc}


class Breaking(AdfsFront):
    """Requests of the one method are answered by the peer's server that breaks things, byte by byte as it comes."""

    def do_GET(self):  # noqa: N802 (the name is http.server's)
        if self.command == self.server.breaks:
            self.break_off()
        else:
            super().do_GET()

    do_POST = do_GET

    def break_off(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.posts += b"assword=" in body
        parts = urllib.parse.urlsplit(PEER["TLS_FAULTS"])
        context = ssl.create_default_context(cafile=PEER["TLS_CA"])
        self.close_connection = True
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname, parts.port)) as plain, \
                context.wrap_socket(plain, server_hostname=parts.hostname) as behind:
            behind.sendall(f"{self.command} {self.server.fault} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 0\r\n\r\n".encode())
            while data := behind.recv(65536):
                self.wfile.write(data)
                self.wfile.flush()


def expected(path, fault):
    """The chain leads to the peer itself, which is another origin here."""
    if path.startswith("/redirect-chain"):
        return ELSEWHERE, PEER["TLS_FAULTS"]
    return fault.sign_in or fault.sts, fault.sign_in_word or fault.word


def at_paths(tool, cases, home, breaks, where, posted):
    """Those of one answer, in the place of the first page, or of what stands behind the password."""
    Farm(tool, idp_initiated=True)

    def one(row):
        path, fault = row
        with Fronted(home, ORACLE["ADFS"], Breaking) as front:
            server = front.server.server
            server.breaks, server.fault = breaks, path

            def call():
                server.posts = 0
                return sign_in(tool, front.url, ca_file=home / "ours.crt", **fault.settings)
            return timed(where, call, limit(fault) + SLACK), server.posts
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (path, fault), (call, posts) in zip(PATHS.items(), pool.map(one, PATHS.items())):
            fails(cases, path, call, *expected(path, fault), fault.setting, limit(fault) + SLACK)
            cases.case(f"{path}, {where}: the password went {posted} times", None if posts == posted else f"{posts} times")


# ---- through proxies ------------------------------------------------------------------------------------------------


class AtAdfs(Asked):
    """What asks STS elsewhere signs in at AD FS here."""

    def sts(self, url, proxy, **more):
        settings, password = proxy
        return timed("at AD FS", lambda: sign_in(self.tool, url, {"PROXY_PASSWORD": password}, **{"ca_file": self.ca_file, **settings, **more}))

    def roles(self, url, proxy):
        return self.sts(url, proxy)


def proxies(tool, cases, home):
    asked = AtAdfs(tool, home / "both.crt")
    (home / "both.crt").write_text((home / "ours.crt").read_text() + open(ORACLE["CA"], encoding="utf-8").read())
    with Fronted(home, ORACLE["ADFS"], AdfsFront) as front:
        kinds = {"squid": through(PEER["PROXY_URL"]), "tinyproxy": through(PEER["PROXY_TINY"]), "microsocks": through(PEER["PROXY_SOCKS"])}
        for name, proxy in kinds.items():
            farm = Farm(tool, idp_initiated=True)
            call = asked.sts(front.url, proxy)
            seen = (farm.attempts(), farm.posts())
            cases.case(f"AD FS through {name}", None if call.outcome.exit == 0 and seen == (["ok"], 1) else f"{seen}, {call.outcome!r}")
            farm = Farm(tool, idp_initiated=True)
            call = timed("at AD FS", lambda proxy=proxy: sign_in(tool, front.url, {"PASSWORD": "Wrong-Horse-7", "PROXY_PASSWORD": proxy[1]},
                                                                 ca_file=home / "both.crt", **proxy[0]))
            cases.refused(f"a wrong password through {name}", call.outcome, "credentials-refused", "refused")
            cases.case(f"a wrong password through {name}: it went once", None if farm.posts() == 1 else f"{farm.posts()} times")
        farm = Farm(tool, idp_initiated=True)
        rows = refusals(asked, front, front)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            calls = pool.map(lambda row: row[0](), rows.values())
            for (name, (_, code, word, setting)), call in zip(rows.items(), calls):
                fails(cases, name, call, code, word, setting)
        cases.case("where a proxy leads nowhere, no password goes anywhere", None if farm.posts() == 0 else f"{farm.posts()} times")


def run(tool, cases, home):
    if "ADFS" not in ORACLE:
        print("skip adfs_faults: the oracle is not running")
        return
    authority(home, "ours")
    certificate(home, "front", "IP:::ffff:127.0.0.1")
    if "TLS_FAULTS" in PEER:
        at_servers(tool, cases)
        at_paths(tool, cases, home, "GET", "before the password", 0)
        at_paths(tool, cases, home, "POST", "behind the password", 1)
    else:
        print("skip faults at AD FS: the peer tls is not running")
    if {"PROXY", "TLS_CA", "SSP_LOGIN", "CEPH_ENDPOINT"} <= set(PEER):
        proxies(tool, cases, home)
    else:
        print("skip proxies before AD FS: one of the peers proxy, tls, ssp and ceph is not running")


if __name__ == "__main__":
    main(run)
