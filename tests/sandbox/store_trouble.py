#!/usr/bin/env python3
"""Whatever happens to the store, the job gets its credentials, and a warning says why it took longer:
store_trouble.py AWSFED SANDBOX

A full and a read-only disk need a mount namespace, another user needs root; without them the cases are skipped.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from common import KEY_ID, PASSWORDS, SECRET_KEY, Sandbox, flags, main, role, there

TOOL, PROGRAM = (str(Path(argument).resolve()) for argument in sys.argv[1:3])
NOBODY = 65534
MOUNT = "mount -t tmpfs -o size=64k,mode=0700 none \"$1\" && shift && "
FILL = "{ head -c 1000000 /dev/zero > \"$KEPT/full\" 2>/dev/null; "


def kept(folder, **more):
    return {"cache": "files", "cache_folder": folder, "cache_key": "env:CACHE_KEY", **more}


def signed_in(sandbox, folder, **more):
    return [TOOL, "obtain", "--format", "process", *map(str, there(sandbox, **kept(folder, **more)))]


def by_own_keys(sandbox, folder):
    return [TOOL, "obtain", "--format", "process", *map(str, flags(**{
        "access_key_id": KEY_ID, "secret_access_key": "env:SECRET_KEY", "role_arn": role("deploy"),
        "role_session_name": "build-1", "region": "eu-central-1", "sts_endpoint": sandbox.sts_endpoint,
        "ca_file": sandbox.ca_file, **kept(folder)}))]


class Scene:
    def __init__(self, cases, sandbox, home):
        self.cases, self.sandbox, self.home = cases, sandbox, home
        self.env = {"PATH": os.environ["PATH"], "PASSWORD": PASSWORDS["alice"], "SECRET_KEY": SECRET_KEY,
                    "CACHE_KEY": "a key of thirty-two random bytes", "OTHER": "another key of random bytes"}

    def works(self, name, warning, command, **run):
        done = subprocess.run(command, env={**self.env, **run.pop("more", {})}, capture_output=True, text=True, timeout=60,
                              check=False, **run)
        good = done.returncode == 0 and "AccessKeyId" in done.stdout and warning in done.stderr
        self.cases.case(name, None if good else f"{done.returncode}: {done.stderr}")

    def in_mount(self, script, command, **more):
        """With KEPT as a file system of its own, of 64 KiB."""
        folder = self.home / "small"
        folder.mkdir(exist_ok=True)
        return ["unshare", "--mount", "sh", "-c", MOUNT + script + ' "$@"' + ("; }" if "{" in script else ""), "sh", folder,
                *command(folder, **more)], {"KEPT": str(folder)}


def can_mount():
    return shutil.which("unshare") and subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


def disks(scene):
    names = ("a full disk: credentials all the same, and a warning", "a read-only disk: likewise")
    if not can_mount():
        for name in names:
            scene.cases.skip(name, "a mount namespace cannot be had")
        return
    for name, script in zip(names, (FILL, 'mount -o remount,ro "$KEPT" && ')):
        command, more = scene.in_mount(script, lambda folder: signed_in(scene.sandbox, folder))
        scene.works(name, "failed: ", command, more=more)


def another_user(scene):
    if os.geteuid() != 0:
        scene.cases.skip("a folder of another user: likewise", "needs root")
        return
    folder = scene.home / "foreign"
    for mode, warning in ((0o700, "cannot be opened"), (0o777, "not this user's alone")):
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
        scene.works(f"a folder of another user, {mode:o}: likewise", warning, signed_in(scene.sandbox, folder), user=NOBODY,
                    group=NOBODY, extra_groups=[])


def another_key(scene):
    folder = scene.home / "kept"
    scene.works("an entry is written", "", signed_in(scene.sandbox, folder))
    # Of another key even the names are others, so an entry is put in another one's place.
    names = [path for path in folder.iterdir() if path.suffix == ".entry"]
    scene.works("another key finds nothing", "", signed_in(scene.sandbox, folder, cache_key="env:OTHER"))
    other = next(path for path in folder.iterdir() if path.suffix == ".entry" and path not in names)
    shutil.copy(other, names[0])
    scene.works("an entry of another key: likewise", "broken, or of another key", signed_in(scene.sandbox, folder))


def clock(scene):
    if not shutil.which("faketime"):
        scene.cases.skip("a clock that was set back: likewise", "faketime is not there")
        return
    folder = scene.home / "clock"
    ahead = ["faketime", "+20 minutes", *by_own_keys(scene.sandbox, folder)]
    # faketime is loaded before the sanitizers of a build that has them, which does no harm.
    order = {"ASAN_OPTIONS": "verify_asan_link_order=0"}
    scene.works("an entry is written by a clock that is ahead", "", ahead, more=order)
    scene.works("a clock that was set back: likewise", "the clock was set back", by_own_keys(scene.sandbox, folder))
    scene.works("the next one is kept", "", by_own_keys(scene.sandbox, folder))


def run(_, cases, home):
    home.chmod(0o755) # for another user
    with Sandbox(PROGRAM) as sandbox:
        scene = Scene(cases, sandbox, home)
        for part in (disks, another_key, clock):
            part(scene)
        sandbox.state.chmod(0o755) # its authorities
        another_user(scene)


if __name__ == "__main__":
    main(run)
