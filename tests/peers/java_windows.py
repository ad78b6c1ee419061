#!/usr/bin/env python3
"""adfs_method=kerberos from Java, at the servers of windows.py: java_windows.py AWSFED

With the library of the build, which is linked to MIT Kerberos, in the JVM and in a process of its own; and with the jar of
./dev jar, where it was made, which opens what the machine has of Kerberos.
"""
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from oracle import ORACLE
from peers import PEER
from windows import Case, Front, Realm, arrives, intranet, is_refused, signs_in, users

from cli import EXIT, ROOT, Outcome, main

SOURCE = Path(__file__).parent / "java/Obtain.java"
NATIVE = f"io/awsfed/native/linux-{os.uname().machine}/libawsfed-jni.so"
JAR = ROOT / "build-jar/awsfed.jar"
sys.path[:0] = [str(ROOT / "bindings/java/tests")]
from run import OLDEST, access, jdks  # noqa: E402


class JavaOutcome(Outcome):
    """The error's fields are the last lines of standard error."""

    FIELDS = ("code", "status", "setting", "message", "advice")

    def __init__(self, done):
        super().__init__(done)
        self.exit = EXIT.get(self.error.get("status"), done.returncode)

    @property
    def error(self):
        lines = self.err.split("\n")[:-1]
        return dict(zip(self.FIELDS, lines[-len(self.FIELDS):])) if self.out == "" else {}


class JavaTool:
    """Called as the command-line tool is for `obtain`, and gives the same outcome."""

    def __init__(self, command):
        self.command = list(map(str, command))

    def __call__(self, _verb, *arguments, **variables):
        settings = list(map(str, arguments[arguments.index("--idp"):])) # before them are the flags of the tool itself
        settings[::2] = [flag.removeprefix("--").replace("-", "_") for flag in settings[::2]]
        return JavaOutcome(subprocess.run([*self.command, *settings], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                          timeout=120, env={**os.environ, **variables}))


def at_farm(java, cases, realm, how):
    def call(farm=None, **settings):
        return Case(farm or intranet(java), realm.config, adfs_method="kerberos", **settings)

    cache, keytab = realm.ticket("student", "studentpass"), PEER["KRB_AGENT_KEYTAB"]
    signs_in(cases, f"Java, {how}: by a ticket", call(kerberos_cache=cache))
    signs_in(cases, f"Java, {how}: by a keytab", call(kerberos_keytab=keytab))
    signs_in(cases, f"Java, {how}: by a keytab and a name", call(kerberos_keytab=keytab, kerberos_principal="agent"))
    is_refused(cases, f"Java, {how}: no ticket cache", call(kerberos_cache=f"FILE:{realm.home}/none"), "kerberos-no-ticket", "setting")
    is_refused(cases, f"Java, {how}: a keytab of somebody else", call(kerberos_keytab=keytab, kerberos_principal="student"),
               "kerberos-keytab-unusable", "setting")
    is_refused(cases, f"Java, {how}: a user whom the farm does not know", call(intranet(java, more=users("somebody")), kerberos_cache=cache),
               "windows-sign-in-refused", "refused", ["unknown"], 1, advice="setspn")


def elsewhere(java, cases, realm, url, how):
    cache = realm.ticket("uml", 'pä ss+w%3D"ört€' if url == PEER.get("SAMBA_URL") else "pä ss+w%3D")
    outcome = Front(url).obtain(java, config=realm.config, adfs_method="kerberos", kerberos_cache=cache)
    arrives(cases, f"Java, {how}: {realm.name}", outcome)


def ways(tool, cases):
    """{what it is called: what the JVM is told}"""
    built = Path(tool.path).parent.parent / "java"
    found = {"in the JVM": [f"-Dio.awsfed.library={built}/libawsfed-jni.so", built / "awsfed.jar"],
             "in a process": [f"-Dio.awsfed.process={tool.path}", built / "awsfed.jar"]}
    if JAR.exists() and NATIVE in zipfile.ZipFile(JAR).namelist():
        return {**found, "the jar by itself": ["-Dio.awsfed.library=", JAR]}
    cases.skip("Java, the jar by itself", f"it was not made; ./dev jar linux-{os.uname().machine} does it")
    return found


def realms(home):
    """{the address of a server: the realm it is in}"""
    for name in ("mit", "ad"):
        (home / name).mkdir()
    found = {}
    if "KRB_CONFIG" in PEER:
        found[PEER["KRB_URL"]] = Realm(PEER["KRB_CONFIG"], home / "mit", PEER["KRB_REALM"])
    if "SAMBA_URL" in PEER:
        found[PEER["SAMBA_URL"]] = Realm(str(Path(os.environ["AWSFED_RUN"]) / "samba/krb5.conf"), home / "ad", PEER["SAMBA_REALM"])
    return found


def run(tool, cases, home):
    if shutil.which("javac") is None or not (Path(tool.path).parent.parent / "java/awsfed.jar").exists() or "KRB_CONFIG" not in PEER:
        print("skip Kerberos from Java: no JDK, no binding in the build, or the peer krb is not running")
        return
    if "KEYTAB" not in ORACLE:
        cases.skip("Kerberos from Java at the look-alike of AD FS", "it takes no tickets")
    version, java = list(jdks().items())[-1]
    at = realms(home)
    for how, (option, jar) in ways(tool, cases).items():
        classes = home / how.replace(" ", "-")
        subprocess.run(["javac", "--release", str(OLDEST), "-encoding", "UTF-8", "-d", classes, "-cp", jar, SOURCE], check=True)
        program = JavaTool([java, *access(version), option, "-cp", f"{classes}:{jar}", "Obtain"])
        for url, realm in at.items():
            elsewhere(program, cases, realm, url, how)
        if "KEYTAB" in ORACLE:
            at_farm(program, cases, at[PEER["KRB_URL"]], how)


if __name__ == "__main__":
    main(run)
