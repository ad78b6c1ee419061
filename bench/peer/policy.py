"""moto's side of policy.cpp: policy.py CASES.ndjson [SECONDS]

By what moto enforces policies with. Prints JSON: without SECONDS the decision of each case, else what reading and judging
take.
"""
import itertools
import json
import sys
import time
from pathlib import Path

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.policy_validation import IAMPolicyDocumentValidator


def texts_of(case):
    """One list a layer."""
    return [[json.dumps(policy) for policy in layer] for layer in case["policies"].values()]


def judge(case):
    """A function that decides it."""
    layers = [[IAMPolicy(text) for text in texts] for texts in texts_of(case)]
    action, resource = case["request"]["action"], case["request"]["resource"]

    def decision():
        verdict = "allow"
        for layer in layers:
            said = [policy.is_action_permitted(action, resource, None, {}) for policy in layer]
            if PermissionResult.DENIED in said:
                return "explicit_deny"
            if PermissionResult.PERMITTED not in said:
                verdict = "implicit_deny"
        return verdict
    return decision


def time_of(seconds, works):
    """CPU seconds of one, over all of them again and again."""
    started = time.process_time()
    for rounds in itertools.count(1):
        for work in works:
            work()
        passed = time.process_time() - started
        if passed >= seconds:
            return passed / (rounds * len(works))


def measure(cases, seconds):
    texts = [text for case in cases for layer in texts_of(case) for text in layer]
    reading = time_of(seconds, [lambda text=text: IAMPolicyDocumentValidator(text).validate() for text in texts])
    judging = time_of(seconds, [judge(case) for case in cases])
    print(json.dumps({"engine": "moto", "cases": len(cases), "parse_us_per_policy": reading * 1e6,
                      "evals_per_s": 1 / judging}))


def main():
    cases = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    if len(sys.argv) > 2:
        measure(cases, float(sys.argv[2]))
    else:
        for case in cases:
            print(json.dumps({"id": case["id"], "decision": judge(case)()}))


main()
