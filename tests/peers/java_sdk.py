#!/usr/bin/env python3
"""The AWS SDKs for Java 1 and 2 with awsfed's providers, at MiniStack and Ceph: java_sdk.py AWSFED

The library is in the JVM, and in a process of its own. awsfed asks for sessions of 15 minutes at least, as AWS wants it;
to see one end, an STS in front of Ceph takes what awsfed asks for and gives a session of 15 seconds there.
"""
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import botocore.config
from peers import PEER

from cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "tests/peers/java"
sys.path[:0] = [str(ROOT / "bindings/java"), str(ROOT / "bindings/java/tests")]
import fetch  # noqa: E402
from run import OLDEST, access, jdks  # noqa: E402

SESSION_S, PATIENCE_S = 15, 300
ANSWER = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{AccessKeyId}</AccessKeyId><SecretAccessKey>{SecretAccessKey}</SecretAccessKey>
<SessionToken>{SessionToken}</SessionToken><Expiration>{Expiration:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


class Front(http.server.BaseHTTPRequestHandler):
    """Whatever is asked for, a short session of alice's at Ceph."""

    def do_POST(self):  # noqa: N802, the library's name
        self.rfile.read(int(self.headers["Content-Length"]))
        settings = botocore.config.Config(retries={"max_attempts": 0}, parameter_validation=False)  # it is too short for AWS
        sts = boto3.session.Session().client("sts", endpoint_url=PEER["CEPH_ENDPOINT"], region_name="us-east-1", aws_access_key_id=PEER["CEPH_KEY"],
                           aws_secret_access_key=PEER["CEPH_SECRET"], config=settings)
        given = sts.assume_role(RoleArn=PEER["CEPH_ROLE"], RoleSessionName="java-sdk", DurationSeconds=SESSION_S)["Credentials"]
        answer = ANSWER.format(**given).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def compiled(home, sdk, jars):
    classes = home / f"sdk{sdk}"
    names = ["Client", "Program", f"Sdk{sdk}"]
    subprocess.run(["javac", "--release", str(OLDEST), "-encoding", "UTF-8", "-d", classes, "-cp", os.pathsep.join(map(str, jars)),
                    *[SOURCES / f"{name}.java" for name in names]], check=True)
    return os.pathsep.join(map(str, [classes, *jars]))


def run_on(version, java, sdk, class_path, way, how, front):
    """[(case, what is wrong with it)]"""
    name = f"SDK {sdk} on Java {version}, {how}"
    quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-Daws.java.v1.disableDeprecationAnnouncement=true"]
    command = [java, *access(version), way, *quiet, "-cp", class_path, "Program", f"Sdk{sdk}", name]
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S,
                          env={**os.environ, "FRONT": front})
    said = re.findall(r"^(ok|FAIL) (.*)$", done.stdout, re.M)
    found = []
    for word, text in said:
        what, _, why = text.removeprefix(f"{name}: ").partition(": ")
        found.append((f"{name}: {what}", None if word == "ok" else why or "no reason given"))
    if done.returncode or not said:
        found.append((f"{name}: the program runs to its end", f"exit status {done.returncode}: {done.stderr[-600:]}"))
    return found


def run(tool, cases, home):
    build = Path(tool.path).parent.parent
    parts = {sdk: build / f"java/awsfed-aws-sdk-v{sdk}.jar" for sdk in (1, 2)}
    if shutil.which("javac") is None or not any(part.exists() for part in parts.values()):
        print("skip the SDKs for Java: no JDK, or no providers in the build")
        return
    if not {"CEPH_ENDPOINT", "MINISTACK_ENDPOINT"} <= set(PEER):
        print("skip the SDKs for Java: Ceph or MiniStack is not running")
        return
    version, java = list(jdks().items())[-1]
    ways = {"in the JVM": f"-Dio.awsfed.library={build}/java/libawsfed-jni.so", "in a process": f"-Dio.awsfed.process={tool.path}"}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front) as front:
        threading.Thread(target=front.serve_forever, daemon=True).start()
        with ThreadPoolExecutor() as pool:  # most of their time they wait for a session to end
            runs = []
            for sdk, part in parts.items():
                try:
                    jars = [part, build / "java/awsfed.jar", *fetch.jars(f"sdk{sdk}", may_take=False)]
                except fetch.Unavailable as why:
                    cases.skip(f"the SDK for Java {sdk}", why)
                    continue
                class_path = compiled(home, sdk, jars)
                for how, way in ways.items():
                    runs.append(pool.submit(run_on, version, java, sdk, class_path, way, how, f"http://127.0.0.1:{front.server_address[1]}"))
            for one in runs:
                for name, fault in one.result():
                    cases.case(name, fault)
        front.shutdown()


if __name__ == "__main__":
    main(run)
