#!/usr/bin/env python3
"""Every proxy of the proxy peer, and what is none: who reaches STS and the provider, and which error says why not: proxy_kinds.py AWSFED

Loopback is never sent through a proxy, and no name server knows the peers. ::ffff:127.0.0.1 is the same machine, and not
loopback to awsfed; behind it stands a server with TLS that hands on to Ceph's STS and to SimpleSAMLphp.
"""
import http.client
import http.server
import ssl
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peers import PEER, USERS, role
from tls_faults import AT_ONCE, LATE, NO_TLS, UNTRUSTED, ask_sts, fails, network, timed

from cli import flags, leaks, main
from tls import Server, authority, certificate

ADDRESS = "[::ffff:127.0.0.1]"
REFUSED = ("proxy-failed", "network")


class Front(http.server.BaseHTTPRequestHandler):
    """Hands a request on as it is, Host included, since that is signed; a redirect stays here, as at any such server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802 (the name is http.server's)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = self.server.connect()
        behind.request(self.command, self.path, body, self.headers_behind())
        answer = behind.getresponse()
        page = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "keep-alive", "date", "server"):
                self.send_header(name, value.replace(self.server.behind, self.server.url))
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
        behind.close()

    do_POST = do_GET

    def headers_behind(self):
        return dict(self.headers)

    def log_message(self, *_):
        pass


class Fronted:
    """The peer behind a server with TLS. What stands before it with TLS, too, is not looked at: it is on this machine."""

    def __init__(self, home, url, front=Front):
        self.server = Server(home, "front")
        self.server.server.RequestHandlerClass = front
        parts = urllib.parse.urlsplit(url)
        self.server.server.behind = f"{parts.scheme}://{parts.netloc}"
        blind = ssl._create_unverified_context()  # noqa: SLF001
        self.server.server.connect = lambda: http.client.HTTPConnection(parts.netloc, timeout=30) if parts.scheme == "http" else \
            http.client.HTTPSConnection(parts.netloc, timeout=30, context=blind)
        self.url = self.server.server.url = f"https://{ADDRESS}:{self.server.server.server_port}"

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)


def through(url, user=None, password=None):
    """The settings for a proxy of the peer, whose URL has its account in it, with another account where one is given."""
    parts = urllib.parse.urlsplit(url)
    user, password = (parts.username, parts.password) if user is None else (user, password)
    account = {"proxy_user": user, "proxy_password": "env:PROXY_PASSWORD"} if user else {}
    return {"proxy": f"{parts.scheme}://{parts.hostname}:{parts.port}", **account}, urllib.parse.unquote(password or "")


class Asked:
    """Calls with a proxy. Its password goes by a variable, and is looked for in all that is printed."""

    def __init__(self, tool, ca_file):
        self.tool, self.ca_file = tool, ca_file

    def sts(self, url, proxy, **more):
        settings, password = proxy

        def with_password(*arguments, **variables):
            return self.tool(*arguments, PROXY_PASSWORD=password, **variables)
        return timed("asked as STS", lambda: ask_sts(with_password, url, **{"ca_file": self.ca_file, **settings, **more}))

    def roles(self, url, proxy):
        settings, password = proxy
        mine = {"idp": "form", "idp_url": url, "user": "student", "password": "env:PASSWORD", "ca_file": self.ca_file, **settings}
        return timed("at a sign-in page", lambda: self.tool("roles", "-vvv", "--error-format", "json", *flags(**network(**mine)),
                                                            PASSWORD=USERS["student"][0], PROXY_PASSWORD=password))


def secretless(cases, name, call, password):
    secrets = {"the proxy's password": password, "the password": USERS["student"][0], "the key": PEER["CEPH_SECRET"]}
    cases.case(f"{name}: nothing secret is printed", ", ".join(leaks.leaks(call.outcome.err, {what: text for what, text in secrets.items() if text})))


def reached(cases, asked, sts, page):
    """Through each kind, by its own account."""
    squid = PEER["PROXY"]
    kinds = {"squid": through(PEER["PROXY_URL"]), "tinyproxy": through(PEER["PROXY_TINY"]), "microsocks": through(PEER["PROXY_SOCKS"]),
             "squid, a user with a blank and a password with all letters": through(squid, PEER["PROXY_USER2"], PEER["PROXY_PASS2"])}
    seen = squid_lines()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = list(pool.map(lambda proxy: (asked.sts(sts.url, proxy), asked.roles(page, proxy)), kinds.values()))
    for (name, (_, password)), (credentials, roles) in zip(kinds.items(), calls):
        cases.case(f"STS gives credentials through {name}", None if credentials.outcome.exit == 0 else repr(credentials.outcome))
        good = roles.outcome.exit == 0 and role("Dev") in roles.outcome.out
        cases.case(f"the sign-in goes through {name}", None if good else repr(roles.outcome))
        secretless(cases, f"STS through {name}", credentials, password)
        secretless(cases, f"the sign-in through {name}", roles, password)
    lines = squid_lines()[len(seen):]
    # Two calls for each of two accounts at the least; what it saw is where to, and who.
    good = len(lines) >= 4 and all("CONNECT" in line and "simplesaml" not in line for line in lines)
    cases.case("squid logged the connections, and nothing of what went through them", None if good else f"{lines}")


def squid_lines():
    return Path(PEER["PROXY_LOG"]).read_text(encoding="utf-8").splitlines()


def opened(tool, cases, asked, sts, page):
    """A proxy that opens TLS is a stranger, unless the company's authority is set. (It writes Host anew, so what is signed breaks.)"""
    proxy = through(PEER["PROXY_MITM"])
    fails(cases, "a proxy that opens TLS", asked.sts(sts.url, proxy), UNTRUSTED, "self-signed certificate", "ca_file")
    fails(cases, "a proxy that opens TLS", asked.roles(page, proxy), UNTRUSTED, "self-signed certificate", "ca_file")
    call = Asked(tool, PEER["PROXY_MITM_CA"]).roles(page, proxy)
    cases.case("a proxy that opens TLS, with its authority set", None if call.outcome.exit == 0 else repr(call.outcome))


def bare(name):
    """The address of a server of the TLS peer, as a proxy's."""
    return PEER["TLS_" + name].split("//")[1]


def behind_proxy(name):
    """A server of the TLS peer, as it is called from behind a proxy."""
    return f"https://{ADDRESS}:{bare(name).rsplit(':', maxsplit=1)[1]}"


def refusals(asked, sts, idp):
    """name: the call, its code, a word of the cause, the setting"""
    squid, tiny, socks = (PEER["PROXY_" + name] for name in ("URL", "TINY", "SOCKS"))
    rows = {}
    for name, url, word in (("squid", squid, "407"), ("tinyproxy", tiny, "40"), ("microsocks", socks, "")):
        rows[f"{name} without an account"] = (lambda url=url: asked.sts(sts.url, through(url, "")), REFUSED, word, "proxy_user")
        rows[f"{name} with a wrong password"] = (lambda url=url: asked.sts(sts.url, through(url, "proxyuser", "wrong-password")),
                                                 REFUSED, word, "proxy_user")
        rows[f"{name} with a wrong password, signing in"] = (lambda url=url: asked.roles(idp.url, through(url, "proxyuser", "wrong-password")),
                                                             REFUSED, word, "proxy_user")
        rows[f"{name}, nobody at the port behind"] = (lambda url=url: asked.sts(f"https://{ADDRESS}:1", through(url)), REFUSED, ADDRESS, "proxy")
    rows["squid, a host that it blocks"] = (lambda: asked.sts("https://blocked.test", through(squid)), REFUSED, "403", "proxy")
    rows["microsocks, a host that nobody knows"] = (lambda: asked.sts("https://sts.invalid", through(socks)), REFUSED, "sts.invalid", "proxy")
    rows["SOCKS with names looked up here, a host that nobody knows"] = (
        lambda: asked.sts("https://sts.invalid", through(socks.replace("socks5h:", "socks5:"))), REFUSED, "sts.invalid", "proxy")

    # What is behind the proxy fails, and is told as what it is
    for kind, url in (("squid", squid), ("tinyproxy", tiny), ("microsocks", socks)):
        for server, code, word, setting in (("WRONGHOST", UNTRUSTED, ADDRESS, "ca_file"), ("EXPIRED", UNTRUSTED, ADDRESS, "ca_file"),
                                            ("TLS11", NO_TLS, ADDRESS, None), ("FAULTS_STALL", LATE, "through the proxy", "connect_timeout")):
            rows[f"{server} behind {kind}"] = (lambda url=url, server=server: asked.sts(behind_proxy(server), through(url), ca_file=PEER["TLS_CA"]),
                                               code, word, setting)

    # What stands at the proxy's address is none, or a broken one
    none = {"nobody at the proxy's port": ("http://127.0.0.1:1", REFUSED, "connect", "proxy"),
            "a proxy whose name nobody knows": ("http://proxy.invalid:3128", REFUSED, "proxy.invalid", "proxy"),
            "a web server in place of a proxy": ("http://" + PEER["SSP_LOGIN"].split("/")[2], REFUSED, "CONNECT", "proxy"),
            "STS in place of a proxy": ("http://" + PEER["CEPH_ENDPOINT"].split("/")[2], REFUSED, "40", "proxy"),
            "SOCKS in place of HTTP": ("http://" + socks.split("@")[1], REFUSED, "", "proxy"),
            "HTTP in place of SOCKS": ("socks5h://" + squid.split("@")[1], LATE, "through the proxy", "connect_timeout"),
            "HTTP in place of an HTTPS proxy": ("https://" + squid.split("@")[1], NO_TLS, "the proxy", None),
            "a proxy that says nothing": ("http://" + bare("FAULTS_STALL"), LATE, "through the proxy", "connect_timeout"),
            "an HTTPS proxy that does not shake hands": ("https://" + bare("FAULTS_STALL"), LATE, "through the proxy", "connect_timeout"),
            "a SOCKS proxy that says nothing": ("socks5h://" + bare("FAULTS_STALL"), LATE, "through the proxy", "connect_timeout"),
            "a proxy that says yes and sends a document": ("http://" + bare("FAULTS_PLAIN"), NO_TLS, ADDRESS, None),
            "an HTTPS proxy for another host": ("https://" + bare("WRONGHOST"), UNTRUSTED, "of the proxy", "ca_file"),
            "an expired HTTPS proxy": ("https://" + bare("EXPIRED"), UNTRUSTED, "of the proxy", "ca_file"),
            "an HTTPS proxy of an unknown authority": ("https://" + bare("UNTRUSTED"), UNTRUSTED, "of the proxy", "ca_file"),
            "an HTTPS proxy with TLS 1.1": ("https://" + bare("TLS11"), NO_TLS, "to the proxy", None),
            "an HTTPS proxy that hangs up": ("https://" + bare("CLOSE"), REFUSED, "CONNECT", "proxy"),
            "a web server in place of an HTTPS proxy": ("https://" + bare("503"), REFUSED, "40", "proxy")}
    for name, (proxy, code, word, setting) in none.items():
        rows[name] = (lambda proxy=proxy: asked.sts(sts.url, ({"proxy": proxy}, ""), ca_file=PEER["TLS_CA"]), code, word, setting)
    return rows


def refused(cases, asked, sts, idp):
    rows = refusals(asked, sts, idp)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = pool.map(lambda row: row[0](), rows.values())
        for (name, (_, code, word, setting)), call in zip(rows.items(), calls):
            fails(cases, name, call, code, word, setting)


def run(tool, cases, home):
    if not {"PROXY", "CEPH_ENDPOINT", "SSP_LOGIN", "TLS_CA"} <= set(PEER):
        print("skip proxy_kinds: one of the peers proxy, ceph, ssp and tls is not running")
        return
    print("skip proxy_kinds: NTLM and Negotiate at a proxy; no peer asks for them, and awsfed offers Basic alone")
    authority(home, "ours")
    certificate(home, "front", "IP:::ffff:127.0.0.1")
    asked = Asked(tool, home / "ours.crt")
    with Fronted(home, PEER["CEPH_ENDPOINT"]) as sts, Fronted(home, PEER["SSP_LOGIN"]) as idp:
        page = idp.url + urllib.parse.urlsplit(PEER["SSP_LOGIN"])._replace(scheme="", netloc="").geturl()
        reached(cases, asked, sts, page)
        opened(tool, cases, asked, sts, page)
        refused(cases, asked, sts, idp)


if __name__ == "__main__":
    main(run)
