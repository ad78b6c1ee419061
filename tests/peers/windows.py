#!/usr/bin/env python3
"""adfs_method=kerberos, ntlm and certificate at an AD FS look-alike within its intranet, at two web servers that take
Kerberos tickets (MIT's KDC, and an Active Directory by Samba), and at one that takes NTLM: windows.py AWSFED

The look-alike takes tickets where it was started with AWSFED_ORACLE_KEYTAB, that of the KDC's HTTP/localhost.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from oracle import ORACLE, PASSWORD, Farm, admin
from peers import PEER

from cli import flags, leaks, main

NTLM_USERS = dict(pair.split(":", 1) for pair in PEER.get("KRB_NTLM_USERS", "").split(";") if pair)
ROLE_GROUPS = ["AWS-123456789012-Build"]


def users(*names, **more):
    return {"users": {name: {"password": PASSWORD, "groups": ROLE_GROUPS, **more} for name in names}}


def intranet(tool, profile="2019", more=None, **overrides):
    return Farm(tool, profile, more or users("student", "agent", "uml", "ticket"), **{"zone": "intranet", "idp_initiated": True, **overrides})


def log_of_farm():
    return admin("ADFS", "GET", "/log?since=0")["requests"]


def header(row, name):
    return [value for key, value in row["headers"] if key.lower() == name]


class Realm:
    """An MIT realm of the peers, as root of its database."""

    def __init__(self, config, home, name):
        self.config, self.home, self.name = config, home, name
        self.tickets = 0

    def run(self, *command, text="", **variables):
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "KRB5_CONFIG": self.config, "KRB5_KDC_PROFILE": str(Path(self.config).parent / "kdc.conf"), **variables})
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
        return done.stdout

    def admin(self, *lines):
        self.run("kadmin.local", "-r", self.name, text="\n".join(lines) + "\n")

    def ticket(self, user, password, *options):
        """A ticket cache of its own."""
        self.tickets += 1
        cache = f"FILE:{self.home}/ticket{self.tickets}"
        self.run("kinit", "-c", cache, *options, user, text=password + "\n")
        return cache

    def keytab(self, user, password, kvno=1):
        self.tickets += 1
        path = f"{self.home}/keytab{self.tickets}"
        self.run("ktutil", text=f"addent -password -p {user}@{self.name} -k {kvno} -e aes256-cts\n{password}\nwkt {path}\n")
        return path


# ---- at the AD FS look-alike -------------------------------------------------------------------------------------------


class Case:
    """One call at the look-alike, and what it then knows of it."""

    def __init__(self, farm, config=None, variables=None, **settings):
        variables = {**(variables or {}), **({"KRB5_CONFIG": config} if config else {})}
        given = {"idp": "adfs", "idp_url": ORACLE["ADFS"], "ca_file": ORACLE["CA"], "region": "us-east-1", "sts_endpoint": ORACLE["STS"],
                 "role_arn": "arn:aws:iam::123456789012:role/Build", **settings}
        self.secrets = {"the password": given.pop("secret", None)}
        if self.secrets["the password"]:
            variables["PASSWORD"], given["password"] = self.secrets["the password"], "env:PASSWORD"
        else:
            self.secrets = {}
        began = time.monotonic()
        self.outcome = farm.tool("obtain", "-vvv", "--error-format", "json", "--format", "process", *flags(**given), **variables)
        self.took = time.monotonic() - began
        self.verdicts, self.rows, self.leaked = farm.attempts(), log_of_farm(), farm.leaked()

    def faults(self):
        """Whatever came of it: no proof but to the one address, no secret anywhere."""
        proved = [row for row in self.rows if header(row, "authorization")]
        elsewhere = [row["target"] for row in proved if "/adfs/ls/wia" not in row["target"] and "/adfs/ls/auth/integrated" not in row["target"]]
        posted = [row["target"] for row in self.rows if "assword" in str(row.get("body"))]
        tokens = {"a token": value.split()[-1] for row in proved for value in header(row, "authorization")}
        found = leaks.leaks(self.outcome.err, {**self.secrets, **tokens, **leaks.SAML_MARKS})
        return [f"a proof went to {elsewhere}"] * bool(elsewhere) + [f"a password was posted to {posted}"] * bool(posted) + \
            [f"leaks {found}"] * bool(found) + ["a response was posted to the sign-in host"] * bool(self.leaked)

    def proofs(self):
        return sum(bool(header(row, "authorization")) for row in self.rows)


def signs_in(cases, name, case, proofs=1):
    faults = case.faults()
    faults += [repr(case.outcome)] * (case.outcome.exit != 0)
    faults += [f"attempts {case.verdicts}"] * (case.verdicts != ["ok"])
    faults += [f"{case.proofs()} requests with a proof"] * (case.proofs() != proofs)
    cases.case(name, "; ".join(faults))


def is_refused(cases, name, case, code, status, verdicts=(), proofs=None, **more):
    cases.refused(name, case.outcome, code, status, **more)
    faults = case.faults()
    faults += [f"attempts {case.verdicts}, not {list(verdicts)}"] * (case.verdicts != list(verdicts))
    faults += [f"{case.proofs()} requests with a proof, not {proofs}"] * (proofs is not None and case.proofs() != proofs)
    cases.case(f"{name}: nothing else was sent, and nothing printed", "; ".join(faults))


def tickets_at_farm(tool, cases, realm):
    def call(farm=None, **settings):
        return Case(farm or intranet(tool), realm.config, adfs_method="kerberos", **settings)

    cache = realm.ticket("student", "studentpass")
    for profile in ("2.0", "2012R2", "2016", "2019", "2019-paginated", "2022"):
        signs_in(cases, f"kerberos, {profile}: by a ticket", call(intranet(tool, profile), kerberos_cache=cache))
    signs_in(cases, "kerberos: by a SAML request", call(kerberos_cache=cache, adfs_entry="sp-initiated"))
    signs_in(cases, "kerberos: by a request where the page is off", call(intranet(tool, idp_initiated=False), kerberos_cache=cache))
    signs_in(cases, "kerberos: with the right principal named", call(kerberos_cache=cache, kerberos_principal="student@" + realm.name))
    keytab = PEER["KRB_AGENT_KEYTAB"]
    signs_in(cases, "kerberos: by a keytab", call(kerberos_keytab=keytab))
    signs_in(cases, "kerberos: by a keytab and a name", call(kerberos_keytab=keytab, kerberos_principal="agent"))

    unmapped = Path(realm.home) / "unmapped.conf"
    unmapped.write_text(Path(realm.config).read_text().split("[domain_realm]")[0])
    signs_in(cases, "kerberos: where no file says which realm the service is of", Case(intranet(tool), str(unmapped), adfs_method="kerberos", kerberos_cache=cache))

    def refused(name, code, status, farm=None, verdicts=(), proofs=0, setting=None, advice=None, **settings):
        is_refused(cases, "kerberos: " + name, call(farm, **settings), code, status, verdicts, proofs, setting=setting, advice=advice)

    refused("no ticket cache", "kerberos-no-ticket", "setting", kerberos_cache=f"FILE:{realm.home}/none")
    refused("a ticket of somebody else than asked for", "kerberos-no-ticket", "setting", kerberos_cache=cache, kerberos_principal="uml")
    short = realm.ticket("student", "studentpass", "-l", "1s")
    time.sleep(2.5)
    refused("a ticket that is over", "kerberos-no-ticket", "setting", kerberos_cache=short)
    refused("no keytab", "kerberos-keytab-unusable", "setting", kerberos_keytab=f"{realm.home}/none")
    refused("a keytab of somebody else", "kerberos-keytab-unusable", "setting", kerberos_keytab=keytab, kerberos_principal="student")
    refused("a form in its place", "windows-sign-in-absent", "unsupported", intranet(tool, zone="extranet"), kerberos_cache=cache)
    refused("an agent that is not in the list", "windows-sign-in-absent", "unsupported", kerberos_cache=cache, windows_user_agent="CorpBuild/1", setting="windows_user_agent",
            advice="WIASupportedUserAgents")
    nobody = intranet(tool, more=users("somebody"))
    refused("a user whom the farm does not know", "windows-sign-in-refused", "refused", nobody, ["unknown"], 1, kerberos_cache=cache, advice="setspn")
    stored = {"kerberos_keytab": keytab, "cache": "files", "cache_folder": f"{realm.home}/attempts", "cache_key": "env:CACHE_KEY"}
    os.environ["CACHE_KEY"] = "a key for this test alone"
    codes = [call(nobody, **stored).outcome.error.get("code") for _ in range(5)]
    cases.case("kerberos: a key that the KDC took is not held up, whatever AD FS says", "" if set(codes) == {"windows-sign-in-refused"} else str(codes))
    refused("a user whom a rule refuses", "idp-access-denied", "refused", intranet(tool, more=users("student", state="no_access")), ["ok"], 1, kerberos_cache=cache)
    factor = intranet(tool, more=users("student", mfa="VIPAuthenticationProviderWindowsAccountName"))
    refused("a second factor behind it", "second-factor-demanded", "unsupported", factor, ["ok"], 1, kerberos_cache=cache)
    refused("a host without a service", "kerberos-failed", "refused", kerberos_cache=cache, idp_url=ORACLE["ADFS"].replace("localhost", "127.0.0.1"),
            idp_origins=ORACLE["ADFS"])
    bound(tool, cases, realm, cache)
    others_tickets(tool, cases, realm)
    kdc_trouble(tool, cases, realm, cache)
    accounts(cases, realm, refused)


def bound(tool, cases, realm, cache):
    """At a server that takes only what is bound to its certificate."""
    certs = Path(ORACLE["CA"]).parent

    def call(bound_to, **settings):
        double = subprocess.Popen([Path(os.environ["AWSFED_CACHE"]) / "oracle-venv/bin/python", Path(__file__).parent / "doubles/bound.py",
                                   certs / "server.crt", certs / "server.key", certs / bound_to], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, env={**os.environ, "KRB5_CONFIG": realm.config, "KRB5_KTNAME": ORACLE["KEYTAB"]})
        try:
            port = int(double.stdout.readline())
            return tool("obtain", "-vvv", "--error-format", "json", *flags(idp="adfs", idp_url=f"https://localhost:{port}", ca_file=ORACLE["CA"], region="us-east-1",
                        role_arn="arn:aws:iam::123456789012:role/Build", adfs_method="kerberos", kerberos_cache=cache, **settings), KRB5_CONFIG=realm.config)
        finally:
            double.stdin.close()
            double.wait(timeout=10)

    arrives(cases, "kerberos: the ticket is bound to the server's certificate", call("server.crt"))
    cases.refused("kerberos: a server behind another one that ends TLS", call("client.crt"), "windows-sign-in-refused", "refused", advice="load balancer")


def accounts(cases, realm, refused):
    """What the KDC tells of an account, and that a stale key is one attempt."""
    realm.admin("addpol -maxfailure 2 -failurecountinterval 600 -lockoutduration 600 two")
    salted = {}
    for name, options in (("gone", '-expire "2020-01-01"'), ("off", "-allow_tix"), ("old", '-pwexpire "2020-01-01"'), ("stale", "-policy two")):
        realm.admin(f"delprinc -force {name}", f"addprinc -pw {name}pass +requires_preauth {options} {name}")
        salted[name] = realm.keytab(name, name + "pass")
    refused("an account past its end", "account-expired", "refused", kerberos_keytab=salted["gone"])
    refused("an account that is disabled", "account-revoked", "refused", kerberos_keytab=salted["off"])
    refused("a password that must be changed", "password-expired", "refused", kerberos_keytab=salted["old"])
    wrong = realm.keytab("stale", "another")
    refused("a stale key", "kerberos-keytab-unusable", "setting", kerberos_keytab=wrong)
    refused("a name that the KDC does not know", "kerberos-keytab-unusable", "setting", kerberos_keytab=realm.keytab("nobody", "nobodypass"))
    told = [line for line in realm.run("kadmin.local", "-r", realm.name, "getprinc", "stale").splitlines() if line.startswith("Failed password attempts")]
    cases.case("kerberos: a stale key was one attempt by the KDC's count", "" if told and told[0].endswith(": 1") else str(told))
    refused("a stale key once more", "kerberos-keytab-unusable", "setting", kerberos_keytab=wrong)
    refused("an account that is locked by now", "account-revoked", "refused", kerberos_keytab=salted["stale"])


def others_tickets(tool, cases, realm):
    """What is kept for the owner of one ticket is not for the owner of the next one in the same cache."""
    kept = {"cache": "files", "cache_folder": f"{realm.home}/kept", "cache_key": "env:CACHE_KEY"}
    cache = f"FILE:{realm.home}/changing"
    farm = intranet(tool)
    os.environ["CACHE_KEY"] = "a key for this test alone"

    def obtain(user, password):
        realm.run("kinit", "-c", cache, user, text=password + "\n")
        return Case(farm, realm.config, adfs_method="kerberos", kerberos_cache=cache, **kept)

    first, second, third, fourth = (obtain(*who) for who in (("student", "studentpass"), ("student", "studentpass"), ("uml", "pä ss+w%3D"), ("student", "studentpass")))
    counts = [len(case.verdicts) for case in (first, second, third, fourth)]
    names = [json.loads(case.outcome.out)["AccessKeyId"] if case.outcome.exit == 0 else case.outcome for case in (first, second, third, fourth)]
    cases.case("kerberos: credentials are kept for the ticket's owner alone", "" if counts == [1, 1, 2, 2] and names[0] == names[1] == names[3] != names[2] else f"{counts} {names}")
    realm.run("kdestroy", "-c", cache)
    is_refused(cases, "kerberos: nothing that is kept is given out without a ticket", Case(intranet(tool), realm.config, adfs_method="kerberos", kerberos_cache=cache, **kept),
               "kerberos-no-ticket", "setting")


def faked(offset):
    """The variables of faketime, for a program that is started by itself."""
    text = subprocess.run(["faketime", "-f", offset, "env"], capture_output=True, text=True, check=True).stdout
    return {name: value for name, _, value in (line.partition("=") for line in text.splitlines()) if name in ("LD_PRELOAD", "FAKETIME")}


def config_with_kdc(realm, name, port):
    text = Path(realm.config).read_text()
    path = Path(realm.home) / name
    lines = [f"  kdc = 127.0.0.1:{port}" if "kdc =" in line else line for line in text.splitlines()]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@contextmanager
def silent(*kinds):
    """The port of one that says nothing by TCP, UDP or both. Nobody listens where it is not there."""
    sockets = [socket.socket(socket.AF_INET, kind) for kind in kinds]
    try:
        sockets[0].bind(("127.0.0.1", 0))
        for one in sockets[1:]:
            one.bind(sockets[0].getsockname())
        for one in sockets:
            if one.type == socket.SOCK_STREAM:
                one.listen()
        yield sockets[0].getsockname()[1]
    finally:
        for one in sockets:
            one.close()


def by_udp_alone(port, behind):
    """A KDC that takes no TCP: hands datagrams on to one that does."""
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind(("127.0.0.1", port))

    def run():
        while True:
            message, asker = own.recvfrom(65536)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as onward:
                onward.settimeout(10)
                onward.sendto(message, ("127.0.0.1", behind))
                own.sendto(onward.recv(65536), asker)
    threading.Thread(target=run, daemon=True).start()
    return own.getsockname()[1]


TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


def silent_kdcs(tool, cases, realm, ticket):
    """None of them holds a sign-in longer than the time-out, or against a cancel; where another one answers, it goes on."""
    def call(config, **settings):
        return Case(intranet(tool), config, adfs_method="kerberos", timeout="2s", **settings)

    keytab = PEER["KRB_AGENT_KEYTAB"]
    kdc = re.search(r"\n +kdc = (\S+)", Path(realm.config).read_text())[1]
    for name, kinds in (("by TCP", (TCP,)), ("by UDP", (UDP,)), ("by both", (TCP, UDP))):
        with silent(*kinds) as port:
            config = config_with_kdc(realm, "silent.conf", port)
            for how, settings in (("ticket", {"kerberos_cache": ticket}), ("keytab", {"kerberos_keytab": keytab})):
                case = call(config, **settings)
                is_refused(cases, f"kerberos, {how}: a KDC that is silent {name}", case, "kdc-unreachable", "network")
                cases.case(f"kerberos, {how}: a KDC that is silent {name} is given up in time", None if case.took < 3.5 else f"{case.took:.1f} s")
            cancelled(cases, f"kerberos: a KDC that is silent {name}", tool, config, ticket)
            second = Path(realm.home) / "second.conf"
            second.write_text(Path(config).read_text().replace(f"  kdc = 127.0.0.1:{port}", f"  kdc = 127.0.0.1:{port}\n  kdc = {kdc}"))
            signs_in(cases, f"kerberos: the second KDC, where the first is silent {name}",
                     Case(intranet(tool), str(second), adfs_method="kerberos", timeout="8s", kerberos_keytab=keytab))
    port = by_udp_alone(0, int(kdc.rsplit(":", maxsplit=1)[1]))
    signs_in(cases, "kerberos: a KDC that takes UDP alone", Case(intranet(tool), config_with_kdc(realm, "udp.conf", port), adfs_method="kerberos",
                                                               kerberos_keytab=keytab))


CANCEL = """
import sys, os
sys.path[:0] = sys.argv[1].split(":")
import cancels
from adfs_steps import Library
took, status = cancels.Call(Library(sys.argv[2]), {"idp": "adfs", "idp_url": cancels.ORACLE["ADFS"], "ca_file": cancels.ORACLE["CA"],
    "region": "us-east-1", "sts_endpoint": cancels.ORACLE["STS"], "role_arn": cancels.ROLE, "adfs_method": "kerberos",
    "kerberos_cache": sys.argv[3], "timeout": "20s"}, {}).cancelled_after()
print(took, status)
os._exit(0)
"""


def cancelled(cases, name, tool, config, ticket):
    """In a process of its own, since libkrb5 reads KRB5_CONFIG of the environment."""
    library = os.path.realpath(os.path.join(os.path.dirname(tool.path), "../../capi/libawsfed.so"))
    said = ""
    for _ in range(3):  # a busy machine may be late for once
        said = subprocess.run([sys.executable, "-c", CANCEL, ":".join(sys.path), library, ticket], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "KRB5_CONFIG": config}).stdout.split()
        if len(said) == 2 and said[0] != "None" and float(said[0]) <= 0.1:
            break
    good = len(said) == 2 and said[0] != "None" and float(said[0]) <= 0.1 and said[1] == "5"
    cases.case(f"{name}: a cancel ends it within 100 ms", None if good else f"{said}")


def kdc_trouble(tool, cases, realm, cache):
    plain = realm.ticket("student", "studentpass")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and not listening
        config = config_with_kdc(realm, "down.conf", nobody.getsockname()[1])
        is_refused(cases, "kerberos: no KDC", Case(intranet(tool), config, adfs_method="kerberos", kerberos_cache=plain), "kdc-unreachable", "network")
    silent_kdcs(tool, cases, realm, plain)
    if shutil.which("faketime"):
        late = Case(intranet(tool), realm.config, variables=faked("+20m"), adfs_method="kerberos", kerberos_cache=plain)
        is_refused(cases, "kerberos: a clock that is 20 minutes ahead", late, "idp-clock-skew", "refused")
    else:
        cases.skip("kerberos: a clock that is ahead", "there is no faketime")
    apart = config_with_kdc(realm, "apart.conf", 1)
    case = Case(intranet(tool), apart, adfs_method="kerberos", kerberos_cache=cache)
    cases.case("kerberos: nothing is written to the user's ticket cache", "" if case.outcome.error.get("code") == "kdc-unreachable" else repr(case.outcome))


def ntlm_at_farm(tool, cases, home):
    def call(farm=None, user="CORP\\alice", password=PASSWORD, **settings):
        return Case(farm or intranet(tool), adfs_method="ntlm", user=user, secret=password, **settings)

    for profile in ("2.0", "2012R2", "2016", "2019", "2022"):
        signs_in(cases, f"ntlm, {profile}", call(intranet(tool, profile)), proofs=2)
    signs_in(cases, "ntlm: the user with a mail-like name", call(user="alice@corp.example"), proofs=2)
    signs_in(cases, "ntlm: a bare name and a default domain", call(user="alice", default_domain="CORP"), proofs=2)
    latin = intranet(tool, more={"users": {"alice": {"password": "Pä ß\"'%"}}})
    signs_in(cases, "ntlm: a password of ISO 8859-1", call(latin, password="Pä ß\"'%"), proofs=2)

    def refused(name, code, status, verdicts, proofs=2, farm=None, advice=None, **settings):
        is_refused(cases, "ntlm: " + name, call(farm, **settings), code, status, verdicts, proofs, advice=advice)

    refused("a wrong password", "credentials-refused", "refused", ["wrong"], password="Wrong-Horse-7", advice="channel binding")
    stored = {"cache": "files", "cache_folder": f"{home}/attempts", "cache_key": "env:CACHE_KEY"}
    os.environ["CACHE_KEY"] = "a key for this test alone"
    once = intranet(tool)
    refused("a wrong password that is written down", "credentials-refused", "refused", ["wrong"], farm=once, password="Wrong-Horse-7", **stored)
    again = call(once, password="Wrong-Horse-7", **stored)
    cases.case("ntlm: a wrong password is not sent again", "" if again.verdicts == ["wrong"] and again.outcome.error.get("code") == "credentials-refused" else repr(again.outcome))
    refused("a user whom nobody knows", "credentials-refused", "refused", ["wrong"], user="CORP\\nobody")
    for state in ("locked", "disabled", "expired"):
        refused(f"a {state} user", "credentials-refused", "refused", [state], user=f"CORP\\{state}")
    refused("a channel binding is required", "credentials-refused", "refused", ["no channel binding"], farm=intranet(tool, epa="Require"), advice="channel binding")
    refused("a password that libcurl would send wrong", "setting-invalid", "setting", [], 0, user="utf8@corp.example", password="Päß & <\"'>+%20=€;")
    refused("a form in its place", "windows-sign-in-absent", "unsupported", [], 0, farm=intranet(tool, zone="extranet"))
    forms = intranet(tool, more=users("alice"))
    is_refused(cases, "forms: where there is Windows sign-in only, the advice is to use it", Case(forms, user="CORP\\alice", secret=PASSWORD), "windows-sign-in-only",
               "unsupported", advice="adfs_method to kerberos")


def certificates_at_farm(tool, cases, home):
    certs = Path(ORACLE["CA"]).parent
    own = {"client_certificate": certs / "client.crt", "client_key": certs / "client.key", "idp_origins": ORACLE["ADFS_CERT"], "adfs_method": "certificate"}

    def farm(profile="2019", more=None, **overrides):
        return Farm(tool, profile, more, **{"offer_certificate": True, "idp_initiated": True, **overrides})

    for profile in ("2012R2", "2016", "2019", "2019-paginated", "2022"):
        signs_in(cases, f"certificate, {profile}", Case(farm(profile), **own), proofs=0)
    signs_in(cases, "certificate: by a SAML request", Case(farm(), adfs_entry="sp-initiated", **own), proofs=0)

    def refused(name, code, status, at=None, verdicts=(), setting=None, advice=None, **settings):
        is_refused(cases, "certificate: " + name, Case(at or farm(), **{**own, **settings}), code, status, verdicts, setting=setting, advice=advice)

    refused("none is set", "setting-missing", "setting", client_certificate=None, client_key=None, setting="client_certificate")
    refused("the port is not allowed", "origin-refused", "trust", idp_origins=None, setting="idp_origins", advice="idp_origins")
    refused("it is not offered", "certificate-sign-in-absent", "unsupported", farm(offer_certificate=False))
    gone = farm(more={"users": {"cert.user": {"state": "disabled"}}})
    refused("an account that is disabled", "certificate-sign-in-refused", "refused", gone, ["ok"])
    foreign = str(home / "foreign.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=nobody", "-keyout", foreign + ".key", "-out", foreign], check=True, capture_output=True)
    refused("one of an authority that the farm does not trust", "certificate-sign-in-refused", "refused", client_certificate=foreign, client_key=foreign + ".key")


# ---- at other servers ----------------------------------------------------------------------------------------------


class Front:
    """The part of a farm that leads to an address which asks for a proof."""

    def __init__(self, target):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(302)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        parts = urlsplit(target)
        self.settings = {"idp": "adfs", "idp_url": f"http://localhost:{self.server.server_port}", "idp_origins": f"{parts.scheme}://{parts.netloc}",
                         "http_loopback": "true", "region": "us-east-1", "role_arn": "arn:aws:iam::123456789012:role/Build"}

    def obtain(self, tool, secret=None, config=None, **settings):
        variables = {**({"KRB5_CONFIG": config} if config else {}), **({"PASSWORD": secret} if secret else {})}
        return tool("obtain", "-vvv", "--error-format", "json", *flags(**{**self.settings, **({"password": "env:PASSWORD"} if secret else {}), **settings}), **variables)


def arrives(cases, name, outcome):
    """The page behind holds what is no SAML response: who comes so far was let in."""
    code = outcome.error.get("code")
    cases.case(name, "" if code == "response-malformed" else f"{code}: {outcome!r}")


def tickets_elsewhere(tool, cases, realm, url, who):
    front = Front(url)
    for user, password in who:
        cache = realm.ticket(user, password)
        arrives(cases, f"{realm.name}: the ticket of {user}", front.obtain(tool, config=realm.config, adfs_method="kerberos", kerberos_cache=cache))
    return front


def ntlm_elsewhere(tool, cases):
    def call(path, user, password):
        return Front(PEER["KRB_NTLM_" + path]).obtain(tool, secret=password, adfs_method="ntlm", user=PEER["KRB_NTLM_DOMAIN"] + "\\" + user)

    arrives(cases, "another server: NTLM", call("URL2", "student", NTLM_USERS["student"]))
    arrives(cases, "another server: NTLM, a password in other letters", call("URL2", "uml", NTLM_USERS["uml"]))
    cases.refused("another server: NTLM, a wrong password", call("URL2", "student", "wrong"), "credentials-refused", "refused")


def directory(tool, cases, realm, folder):
    """A real Active Directory."""
    front = tickets_elsewhere(tool, cases, realm, PEER["SAMBA_URL"], [("student", "studentpass"), ("uml", 'pä ss+w%3D"ört€')])
    smb = str(folder / "dc/etc/smb.conf")
    keytab = f"{realm.home}/ad.keytab"
    realm.run("samba-tool", "domain", "exportkeytab", keytab, "--principal=student", "-s", smb)

    def by_key(path, **settings):
        return front.obtain(tool, config=realm.config, adfs_method="kerberos", kerberos_keytab=path, **settings)

    arrives(cases, "Active Directory: a keytab", by_key(keytab))
    for user, code in (("disabled", "account-revoked"), ("expired", "password-expired")):
        path = f"{realm.home}/{user}.keytab"
        realm.run("samba-tool", "domain", "exportkeytab", path, f"--principal={user}", "-s", smb)
        cases.refused(f"Active Directory: an account that is {user}", by_key(path), code, "refused")

    def count():
        shown = realm.run("samba-tool", "user", "show", "locked", "--attributes=badPwdCount", "-s", smb)
        return int(next((line.split(": ")[1] for line in shown.splitlines() if line.startswith("badPwdCount")), 0))

    realm.run("samba-tool", "user", "unlock", "locked", "-s", smb)
    before, wrong = count(), realm.keytab("locked", "wrong")
    cases.refused("Active Directory: a stale key", by_key(wrong), "kerberos-keytab-unusable", "setting")
    cases.case("Active Directory: a stale key was one attempt", "" if count() == before + 1 else f"{before} became {count()}")
    kept = {"cache": "files", "cache_folder": f"{realm.home}/ledger", "cache_key": "env:CACHE_KEY"}
    os.environ["CACHE_KEY"] = "a key for this test alone"
    codes = [by_key(wrong, **kept).error.get("code") for _ in range(3)]
    cases.case("Active Directory: a stale key is not tried again where attempts are written down", "" if codes[0] == "kerberos-keytab-unusable" and len(set(codes[1:])) == 1 and
               codes[1] != codes[0] and count() == before + 2 else f"{codes}, {before} became {count()}")
    by_key(realm.keytab("locked", "wrong2"))
    cases.refused("Active Directory: a locked account", by_key(wrong), "account-revoked", "refused")


def run(tool, cases, home):
    if "ADFS" in ORACLE:
        ntlm_at_farm(tool, cases, home)
        certificates_at_farm(tool, cases, home)
    else:
        cases.skip("windows sign-in at the look-alike", "it is not running")
    if "KRB_NTLM_URL2" in PEER:
        ntlm_elsewhere(tool, cases)
    if "KRB_CONFIG" in PEER:
        folder = home / "mit"
        folder.mkdir()
        realm = Realm(PEER["KRB_CONFIG"], folder, PEER["KRB_REALM"])
        tickets_elsewhere(tool, cases, realm, PEER["KRB_URL"], [("student", "studentpass"), ("uml", "pä ss+w%3D")])
        if "KEYTAB" in ORACLE:
            tickets_at_farm(tool, cases, realm)
    if "SAMBA_DC" in PEER:
        config = Path(os.environ["AWSFED_RUN"]) / "samba"
        folder = home / "ad"
        folder.mkdir()
        directory(tool, cases, Realm(str(config / "krb5.conf"), folder, PEER["SAMBA_REALM"]), config)


if __name__ == "__main__":
    main(run)
