#!/usr/bin/env python3
"""The programs of the bench do their work, a few times: smoke.py BUILD

So that the bench does not rot between two tables. No time is judged, and no peer takes part.
"""
import sys

import hostile
import jvm
from ground import Ground
from groups import CORPUS, DATA, POLICIES, POLICY, decisions
from measure import Failed, Side, answers, in_turn, must_refuse
from sandbox import role

CALLS = 3
MEASURED_OF_POLICIES = "read_us_per_policy", "parse_us_per_policy", "evals_per_s"
EXCHANGES = {"assume-role": 1, "obtain": 4}  # of one call: AD FS's page, the password, the response; STS


def calls(ground, action, settings, threads):
    before = ground.exchanges()
    (made,) = answers([Side(action, ground.calls(action, threads, CALLS, settings), ground.secrets)], 1)[action]
    counted = (ground.exchanges() - before) / (made["calls"] + made["warm_up"])
    if made["calls"] != CALLS or counted != EXCHANGES[action]:
        raise Failed(f"{made['calls']} calls, {counted} exchanges each")


def must_fail(ground, settings):
    """A bench that goes on after a refused call would measure refusals."""
    try:
        calls(ground, "assume-role", {**settings, "role_arn": settings["role_arn"] + "-not-there"}, 1)
    except Failed as refused:
        if "ended with status 1" in str(refused):
            return
        raise
    raise Failed("it went on")


def load(ground):
    (one,) = answers([Side("load", [ground.program("load"), ground.library])], 1)["load"]
    if one["after"] <= one["before"]:
        raise Failed(f"nothing was loaded: {one}")


def sign(ground):
    (one,) = answers([Side("sign", [ground.program("sign"), CALLS])], 1)["sign"]
    if len(one["signature"]) != 64:
        raise Failed("that is no signature")
    if min(one[name] for name in ("us", "cached_us", "floor_us", "cached_floor_us")) <= 0:
        raise Failed(f"nothing was measured: {one}")


def warm(ground):
    with ground.stand_in() as address:
        (one,) = answers([Side("lean", [ground.program("lean"), CALLS, address], ground.secrets)], 1)["lean"]
        if one["calls"] != CALLS:
            raise Failed(f"{one['calls']} calls")
        settings = {**ground.assume_role(None), "sts_endpoint": address, "http_loopback": "true", "role_arn": role("build")}
        del settings["ca_file"]
        answers([Side("calls", ground.calls("assume-role", 1, CALLS, settings), ground.secrets)], 1)
        for command in (ground.calls("assume-role", 1, 0, settings), [ground.program("lean"), 0, address]):
            (one,) = answers([Side("first call", command, ground.secrets)], 1)["first call"]
            if one["peak_kib"] < 1000:
                raise Failed(f"{one['peak_kib']} KiB")


def in_java(ground):
    """Where there is a JDK."""
    if not jvm.is_there(ground):
        return
    with ground.stand_in() as address:
        sides, in_c = jvm.sides(ground, jvm.compiled(ground), address, CALLS)
        for side in (*sides.values(), in_c):
            (one,) = answers([side], 1)[side.name]
            if one.get("cpu_us", one.get("cpu_s", 0)) <= 0:
                raise Failed(f"nothing was measured: {one}")


def prove(ground):
    def side(response):
        return Side("saml", [ground.program("saml"), "verify", response, DATA / "metadata.xml", CALLS])

    response = DATA / "response.xml"
    (one,) = answers([side(response)], 1)["saml"]
    if not 0 < one["floor_us"] or not 0 < one["verify_us"]:
        raise Failed(f"nothing was measured: {one}")
    for changed in hostile.written(ground.home / "altered", hostile.altered(response.read_text(encoding="utf-8"))):
        must_refuse([side(changed)])


def costliest(ground):
    signed = (CORPUS / "valid/plain.xml").read_text(encoding="utf-8")
    files = hostile.written(ground.home / "hostile", hostile.messages(signed))
    command = [ground.program("saml"), "worst", CORPUS / "metadata/plain.xml", *files]
    (one,) = answers([Side("worst", command)], 1)["worst"]
    if one["file"] not in {file.name for file in files}:
        raise Failed(f"no file took longest: {one}")


def policies(ground):
    def side(*arguments):
        return Side("policy", [ground.program("policy"), *arguments])

    (decided,) = in_turn([side(POLICIES)], 1, decisions)["policy"]
    if set(decided.values()) != {"allow", "explicit_deny", "implicit_deny"}:
        raise Failed(f"{len(decided)} decisions: {set(decided.values())}")
    for file, cases in ((POLICIES, len(decided)), (POLICY, 1)):
        (one,) = answers([side(file, 0.01)], 1)["policy"]
        if one["cases"] != cases or min(one[name] for name in MEASURED_OF_POLICIES) <= 0:
            raise Failed(f"nothing was measured: {one}")
    (report,) = answers([Side("report", [ground.program("policy-report"), 0.01])], 1)["report"]
    if min(report["pair_ms"], report["most_ms"]) <= 0 or report["most_documents"] != 10:
        raise Failed(f"nothing was reported: {report}")


def main():
    failed = 0
    with Ground(sys.argv[1]) as ground:
        authorities = ground.authorities[1]
        cases = {"a shared object is loaded and counted": lambda: load(ground),
                 "a request is signed": lambda: sign(ground),
                 "a response is proved, an altered one refused": lambda: prove(ground),
                 "the costliest message is found": lambda: costliest(ground),
                 "policies are read and judged": lambda: policies(ground),
                 "a stand-in answers the lean client and awsfed": lambda: warm(ground),
                 "credentials are had in Java": lambda: in_java(ground),
                 "AssumeRole is called on two threads": lambda: calls(ground, "assume-role", ground.assume_role(authorities), 2),
                 "a user signs in": lambda: calls(ground, "obtain", ground.sign_in(authorities), 1),
                 "a refused call ends the bench": lambda: must_fail(ground, ground.assume_role(authorities))}
        for name, case in cases.items():
            try:
                case()
                print(f"ok {name}")
            except Failed as trouble:
                failed += 1
                print(f"FAIL {name}: {trouble}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
