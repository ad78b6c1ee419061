"""What is measured: each function is a group, takes the ground, the peers and how thorough to be, and gives rows."""
import json
import subprocess
from typing import NamedTuple

import hostile
import jvm
from ground import ROOT
from measure import Failed, Side, answers, costs, in_turn, median, must_refuse, p90
from peers import MINIO, RUST
from sandbox import role
from table import compare

EXCHANGES_MAX, OWN_CPU_MS_MAX = 6, 5  # the targets of one sign-in
FLOOR_TIMES_MAX, LASSO_TIMES_MIN, COSTLIEST_MS_MAX = 2, 4, 50  # the targets of a proof
AWSFED, FLOOR = "awsfed", "the floor (libxml2, OpenSSL)"
HASHES = "the floor (SHA-256 by OpenSSL)"
SIGNATURE, WITH_KEY = "SigV4 in headers: CPU of one signature", "SigV4 in headers, derived key cached: CPU of one signature"
# The targets of a signature. Both are measured by the floor of the one that derives its key: 1.2 µs where that takes 1.22.
HASHES_TIMES_MAX, HASHES_TIMES_WITH_KEY_MAX = 1.6, 0.98
PROOF = "SAML: prove a response of 9 KB (parse, verify, extract), own CPU"
COSTLIEST = "SAML: the costliest message of 100,000 characters, own CPU"
DATA, CORPUS = ROOT / "bench/data", ROOT / "tests/vectors/data/saml"


class Effort(NamedTuple):
    loads: int
    starts: int
    rounds: int
    calls: int
    sign_ins: int
    signatures: int
    proofs: int
    warm_calls: int
    policy_seconds: float


THOROUGH = Effort(loads=101, starts=31, rounds=5, calls=240, sign_ins=40, signatures=10_000, proofs=1000,
                  warm_calls=10_000, policy_seconds=1)
QUICK = Effort(loads=11, starts=3, rounds=1, calls=16, sign_ins=5, signatures=500, proofs=20, warm_calls=200,
               policy_seconds=0.1)


def rows_of(what, unit, found, figure):
    """A row a peer of {name: measurements}, by the figure that is made of each side's."""
    made = {name: figure(values) for name, values in found.items()}
    return compare(what, unit, made.pop(AWSFED), made)


def sections(file):
    """{".text": bytes, ...} as `size -A` has it."""
    said = subprocess.run(["size", "-A", "-d", file], check=True, capture_output=True, text=True).stdout
    return {words[0]: int(words[1]) for words in map(str.split, said.splitlines())
            if len(words) == 3 and words[0].startswith(".")}


def size_rows(ground, files):
    """files: {name: shared object}."""
    kib = {name: {"as built": file.stat().st_size} for name, file in files.items()}
    for name, file in files.items():
        bare = ground.home / "stripped"
        subprocess.run(["strip", "--strip-unneeded", "-o", bare, file], check=True)
        found = sections(file)
        kib[name] |= {"stripped": bare.stat().st_size, "its code (.text)": found[".text"],
                      "its constants (.rodata)": found[".rodata"]}
    return [row for part in kib[AWSFED]
            for row in rows_of(f"library: size, {part}", "KiB", kib, lambda sizes, part=part: sizes[part] / 1024)]


def load(ground, peers, effort):
    sides, files = [Side(AWSFED, [ground.program("load"), ground.library])], {AWSFED: ground.library}
    for title, file, before in peers.native_signer():
        sides.append(Side(title, [ground.program("load"), file, *before]))
        files[title] = file
    found = answers(sides, effort.loads)

    def middle(what, unit, of):
        return rows_of("library: " + what, unit, found, lambda values: median(map(of, values)))
    return [*size_rows(ground, files), *middle("dlopen in a fresh process, median", "ms", lambda one: one["us"] / 1000),
            *middle("shared objects that this adds, itself included", "", lambda one: one["after"] - one["before"]),
            *middle("address space of these", "KiB", lambda one: one["bytes"] / 1024)]


def start_rows(what, sides, effort):
    found = costs(sides, effort.starts)
    return [*rows_of(f"{what}, median", "ms", found, lambda all_: median(cost.wall_ms for cost in all_)),
            *rows_of(f"{what}, 90th percentile", "ms", found, lambda all_: p90(cost.wall_ms for cost in all_)),
            *rows_of(f"{what}, own CPU", "ms", found, lambda all_: median(cost.cpu_ms for cost in all_))]


def sides_of(ours, theirs, ours_need=None, they_need=None):
    """ours: a command; theirs: [(title, command), ...]."""
    return [Side(AWSFED, ours, ours_need or {}), *(Side(title, command, they_need or {}) for title, command in theirs)]


def start(ground, peers, effort):
    authorities = list(ground.authorities.values())[-1]
    need = ground.secrets, ground.for_aws_tools(authorities)
    version = sides_of([ground.tool, "--version"],
                       [*peers.tool("awscli", "aws", "--version"), *peers.tool("aws-adfs", "aws-adfs", "--version"),
                        *peers.saml2aws("--version")], *need)
    sign_in = sides_of(ground.obtain(ground.sign_in(authorities)),
                       peers.script("aws-adfs", "adfs_login.py", 1, ground.adfs_host(), role("build"), ground.home),
                       *need)
    assume = sides_of(ground.obtain({**ground.assume_role(authorities), **ground.own_keys()}),
                      peers.tool("awscli", "aws", "sts", "assume-role", "--role-arn", role("deploy"),
                                 "--role-session-name", "bench"), *need)
    peers.skipped["saml2aws' sign-in"] = "not measured: its settings for the sandbox are untried"
    return [*start_rows("cold start: --version", version, effort),
            *start_rows("cold start: AD FS sign-in, then AssumeRoleWithSAML", sign_in, effort),
            *start_rows("cold start: AssumeRole with own keys", assume, effort)]


def cpu_ms(all_):
    return median(one["cpu_s"] / one["calls"] * 1000 for one in all_)


def counted(number, noun):
    return f"{number} {noun}{'s' * (number != 1)}"


def calls_rows(ground, peers, effort, threads, count):
    authorities = ground.authorities[count]
    sides = sides_of(ground.calls("assume-role", threads, effort.calls, ground.assume_role(authorities)),
                     peers.script("botocore", "assume_role.py", threads, effort.calls, ground.sandbox.sts_endpoint,
                                  authorities, role("deploy")), ground.secrets, ground.secrets)
    found = answers(sides, effort.rounds)
    what = f"AssumeRole, {counted(threads, 'thread')}, {counted(count, 'CA')}"
    return [*rows_of(f"{what}: own CPU per call", "ms", found, cpu_ms),
            *rows_of(f"{what}: calls per second (more is better)", "", found,
                     lambda all_: median(one["calls"] / one["wall_s"] for one in all_))]


def calls(ground, peers, effort):
    return [row for count in ground.authorities for threads in (1, 8)
            for row in calls_rows(ground, peers, effort, threads, count)]


LEAN = "libcurl, OpenSSL and pugixml alone"
WARM = "AssumeRole over plain HTTP, answered at once: own CPU per call"
LEAN_TIMES_MAX, RUST_SHARE_MAX = 1.35, 0.5  # the targets of a warm call
COLD = "AssumeRole over plain HTTP, from the process's start to its end"
COLD_TIMES_MAX = 1.25  # the target of a cold one, in time and in memory


def at_the_stand_in(ground, address, calls):
    """The command of our side. With no calls it makes the first one alone, and so does the lean client."""
    return ground.calls("assume-role", 1, calls, {"sts_endpoint": address, "http_loopback": "true", "region": "us-east-1",
                                                  "role_arn": role("build"), "role_session_name": "bench"})


def warm(ground, peers, effort):
    """What a call costs beside the one that does nothing else, and beside AWS's own clients."""
    with ground.stand_in() as address:
        few = max(1, effort.warm_calls // 10)  # botocore takes long
        sides = sides_of(at_the_stand_in(ground, address, effort.warm_calls),
                         [(LEAN, [ground.program("lean"), effort.warm_calls, address]),
                          *peers.rust(ground.rust, effort.warm_calls, address),
                          *peers.script("botocore", "assume_role.py", 1, few, address, "", role("build"))],
                         ground.secrets, ground.secrets)
        return rows_of(WARM, "µs", answers(sides, effort.rounds), lambda all_: cpu_ms(all_) * 1000)


def cold(ground, peers, effort):
    """A fresh process and its first credentials, beside one that loads the same libraries and does nothing else."""
    with ground.stand_in() as address:
        sides = sides_of(at_the_stand_in(ground, address, 0), [(LEAN, [ground.program("lean"), 0, address])],
                         ground.secrets, ground.secrets)
        found = in_turn(sides, effort.starts, lambda printed, cost: (cost, json.loads(printed)["peak_kib"]))
    return [*rows_of(f"{COLD}: median", "ms", found, lambda all_: median(cost.wall_ms for cost, _ in all_)),
            *rows_of(f"{COLD}: own CPU", "ms", found, lambda all_: median(cost.cpu_ms for cost, _ in all_)),
            *rows_of(f"{COLD}: memory at its peak", "KiB", found, lambda all_: median(kib for _, kib in all_))]


KEPT = "AssumeRole's credentials once more, from memory"
KEPT_US_MAX = 2  # the target
KEPT_IN_FILES, VERSION = "awsfed obtain, kept in files, from the process's start to its end", "awsfed --version"
KEPT_TIMES_MAX = 1.25  # the target


def kept_in_files_rows(ground, effort):
    """The first round, which is left out, signs in."""
    settings = {**ground.sign_in(next(iter(ground.authorities.values()))), "cache": "files",
                "cache_folder": ground.home / "kept", "cache_key": "env:BENCH_SECRET_KEY"}
    found = costs(sides_of(ground.obtain(settings), [(VERSION, [ground.tool, "--version"])], ground.secrets), effort.starts)
    return [*rows_of(f"{KEPT_IN_FILES}: median", "ms", found, lambda all_: median(cost.wall_ms for cost in all_)),
            *rows_of(f"{KEPT_IN_FILES}: own CPU", "ms", found, lambda all_: median(cost.cpu_ms for cost in all_))]


def kept(ground, _, effort):
    """What a call costs that finds its credentials in the context's memory, or in files."""
    with ground.stand_in() as address:
        command = ground.calls("obtain", 1, effort.warm_calls * 10,
                               {"sts_endpoint": address, "http_loopback": "true", "region": "us-east-1",
                                "role_arn": role("build"), "role_session_name": "bench", **ground.own_keys(),
                                "secret_access_key": "@BENCH_SECRET_KEY"})
        found = answers([Side(AWSFED, command, ground.secrets)], effort.rounds)[AWSFED]
    return [*compare(KEPT, "µs", cpu_ms(found) * 1000, {}), *kept_in_files_rows(ground, effort)]


def sign(ground, peers, effort):
    """Each makes the same signature, else its time would be of something else."""
    theirs = []
    for name in ("botocore", "awscrt"):
        theirs += peers.script(name, "sign.py", name, effort.signatures)
    found = answers(sides_of([ground.program("sign"), effort.signatures], theirs), effort.rounds)
    if len({one["signature"] for all_ in found.values() for one in all_}) != 1:
        raise Failed("the signers do not make the same signature")
    made = {name: median(one["us"] for one in all_) for name, all_ in found.items()}
    ours = {name: median(one[name] for one in found[AWSFED]) for name in ("cached_us", "floor_us", "cached_floor_us")}
    return [*compare(SIGNATURE, "µs", made.pop(AWSFED), {HASHES: ours["floor_us"], **made}),
            *compare(WITH_KEY, "µs", ours["cached_us"], {HASHES: ours["cached_floor_us"]})]


def sign_in(ground, peers, effort):
    rows = []
    for count, authorities in ground.authorities.items():
        sides = sides_of(ground.calls("obtain", 1, effort.sign_ins, ground.sign_in(authorities)),
                         peers.script("aws-adfs", "adfs_login.py", effort.sign_ins, ground.adfs_host(), role("build"),
                                      ground.home), ground.secrets, ground.for_aws_tools(authorities))
        rows += [] if rows else exchange_rows(ground, sides)
        found = answers(sides, effort.rounds)
        what = f"sign-in in a warm process, {counted(count, 'CA')}"
        rows += rows_of(f"{what}: own CPU", "ms", found, cpu_ms)
        rows += rows_of(f"{what}: time", "ms", found,
                        lambda all_: median(one["wall_s"] / one["calls"] * 1000 for one in all_))
    return rows


def exchange_rows(ground, sides):
    """By the sandbox's own log, over a whole run of each side."""
    made = {}
    for side in sides:
        before = ground.exchanges()
        (one,) = answers([side], 1)[side.name]
        made[side.name] = (ground.exchanges() - before) / (one["calls"] + one["warm_up"])
    return rows_of("sign-in: HTTP exchanges", "", made, lambda value: value)


def provers(ground, peers, response, count):
    """Of one response. The scripts take long, and get fewer rounds."""
    metadata, certificate, few = DATA / "metadata.xml", DATA / "idp.crt", max(1, count // 5)
    return sides_of([ground.program("saml"), "verify", response, metadata, count],
                    [*peers.native_prover("Lasso", ground.program("lasso"), response, metadata,
                                          DATA / "sp-metadata.xml", count),
                     *peers.native_prover("OpenSAML", ground.program("opensaml"), response, certificate, count),
                     *peers.python_prover(response, certificate, few),
                     *peers.node_script("@node-saml/node-saml", "prove.cjs", response, certificate, few)])


def proof_us(all_):
    return median(one["verify_us"] if "verify_us" in one else one["us"] for one in all_)


def saml(ground, peers, effort):
    """A side that takes an altered response too would be measured at something else."""
    response = DATA / "response.xml"
    for changed in hostile.written(ground.home / "altered", hostile.altered(response.read_text(encoding="utf-8"))):
        must_refuse(provers(ground, peers, changed, 1))
    found = answers(provers(ground, peers, response, effort.proofs), effort.rounds)
    made = {name: proof_us(all_) for name, all_ in found.items()}
    ours, floor = made.pop(AWSFED), median(one["floor_us"] for one in found[AWSFED])
    return [*compare(PROOF, "µs", ours, {FLOOR: floor, **made}), *costliest_rows(ground, effort)]


def costliest_rows(ground, effort):
    """The round in the middle tells the input, too."""
    signed = (CORPUS / "valid/plain.xml").read_text(encoding="utf-8")
    files = hostile.written(ground.home / "hostile", hostile.messages(signed))
    side = Side(AWSFED, [ground.program("saml"), "worst", CORPUS / "metadata/plain.xml", *files])
    rounds = sorted(answers([side], effort.rounds)[AWSFED], key=lambda one: one["worst_us"])
    middle = rounds[len(rounds) // 2]
    return compare(f"{COSTLIEST}: {middle['file']} of {len(files)}", "ms", middle["worst_us"] / 1000, {})


POLICIES, POLICY = DATA / "policies.ndjson", DATA / "policy.ndjson"
JUDGE = "policies: evaluations per second of own CPU (more is better)"
READ = "policies: reading one of these, ready to be judged, own CPU"
READ_LONGER = "policies: reading one with positions, own CPU"
REPORT = "policies: what a session policy is good for, beside its role's policy, own CPU"
LARGE_REPORT = "policies: the same beside ten full policies, own CPU"
MINIO_TIMES_MIN, READ_LONGER_US_MAX, REPORT_MS_MAX, LARGE_REPORT_MS_MAX = 1, 5, 5, 100  # the targets
# Requests of a bucket itself: MinIO's engine takes it for "bucket/", and finds it in "bucket/*". AWS does not.
OTHERWISE_AT_MINIO = {"live-77-360-0", "live-77-614-4", "live-77-799-2"}


def judges(ground, peers, *seconds):
    """Of the same cases. With seconds they measure themselves, without they print what they decide."""
    arguments = POLICIES, *seconds
    return sides_of([ground.program("policy"), *arguments],
                    [*peers.minio(ground.minio, *arguments), *peers.cedar(ground.cedar, *arguments),
                     *peers.script("moto", "policy.py", *arguments),
                     *peers.node_script("@cloud-copilot/iam-simulate", "policy.cjs", *arguments)])


def decisions(printed, _):
    return {one["id"]: one["decision"] for one in map(json.loads, printed.splitlines())}


def must_agree(sides):
    """On each case, but for those that are known: a difference that is gone is one, too."""
    found = in_turn(sides, 1, decisions)
    (ours,) = found.pop(AWSFED)
    for name, (theirs,) in found.items():
        differ = {case for case in ours.keys() | theirs.keys() if ours.get(case) != theirs.get(case)}
        if unknown := differ ^ (OTHERWISE_AT_MINIO if name.startswith(MINIO) else set()):
            raise Failed(f"{name} and {AWSFED} do not decide alike: {', '.join(sorted(unknown))}")


def longer_policy_rows(ground, effort):
    """Of the size that a session policy has."""
    side = Side(AWSFED, [ground.program("policy"), POLICY, effort.policy_seconds])
    found = answers([side], effort.rounds)[AWSFED]
    return compare(f"{READ_LONGER}: {found[0]['bytes_per_policy']} bytes", "µs",
                   median(one["read_us_per_policy"] for one in found), {})


def report_rows(ground, effort):
    """No peer says such a thing."""
    found = answers([Side(AWSFED, [ground.program("policy-report"), effort.policy_seconds])], effort.rounds)[AWSFED]
    return [*compare(REPORT, "ms", median(one["pair_ms"] for one in found), {}),
            *compare(f"{LARGE_REPORT}: {found[0]['most_chars']} characters", "ms", median(one["most_ms"] for one in found), {})]


def policies(ground, peers, effort):
    """Each decides alike, else its time would be of something else."""
    must_agree(judges(ground, peers))
    found = answers(judges(ground, peers, effort.policy_seconds), effort.rounds)
    return [*rows_of(JUDGE, "", found, lambda all_: median(one["evals_per_s"] for one in all_)),
            *rows_of(READ, "µs", found, lambda all_: median(one["parse_us_per_policy"] for one in all_)),
            *longer_policy_rows(ground, effort), *report_rows(ground, effort)]


def promise(what, limit, value, met):
    return f"{what}: {limit}: {value:.2f}, **{'met' if met else 'NOT met'}**"


def targets(rows):
    """What is promised, and whether it holds."""
    for row in {row.what: row for row in rows if row.what.startswith("sign-in")}.values():
        limit = EXCHANGES_MAX if "exchanges" in row.what else OWN_CPU_MS_MAX if "own CPU" in row.what else None
        if limit is not None:
            yield promise(row.what, f"at most {limit} {row.unit}".rstrip(), row.awsfed, row.awsfed <= limit)
    floors = {row.what: row.value for row in rows if row.peer == HASHES}
    for row in rows:
        if row.what == PROOF and row.peer == FLOOR:
            times = row.awsfed / row.value
            yield promise(PROOF, f"at most {FLOOR_TIMES_MAX} times the floor", times, times <= FLOOR_TIMES_MAX)
        elif row.what == PROOF and row.peer.startswith("Lasso"):
            times = row.value / row.awsfed
            yield promise(PROOF, f"at least {LASSO_TIMES_MIN} times faster than Lasso", times, times >= LASSO_TIMES_MIN)
        elif row.what == WARM and row.peer == LEAN:
            times = row.awsfed / row.value
            yield promise(WARM, f"at most {LEAN_TIMES_MAX} times the call alone", times, times <= LEAN_TIMES_MAX)
        elif row.what == WARM and row.peer.startswith(RUST):
            share = row.awsfed / row.value
            yield promise(WARM, f"at most {RUST_SHARE_MAX} times {RUST}'s", share, share <= RUST_SHARE_MAX)
        elif row.what.startswith(KEPT_IN_FILES):
            times = row.awsfed / row.value
            yield promise(row.what, f"at most {KEPT_TIMES_MAX} times {VERSION}", times, times <= KEPT_TIMES_MAX)
        elif row.what.startswith(COLD):
            times = row.awsfed / row.value
            yield promise(row.what, f"at most {COLD_TIMES_MAX} times the call alone", times, times <= COLD_TIMES_MAX)
        elif row.peer == HASHES:
            times, most = row.awsfed / floors[SIGNATURE], HASHES_TIMES_MAX if row.what == SIGNATURE else HASHES_TIMES_WITH_KEY_MAX
            yield promise(row.what, f"at most {most} times the floor of a whole one", times, times <= most)
        elif row.what == KEPT:
            yield promise(KEPT, f"at most {KEPT_US_MAX} µs", row.awsfed, row.awsfed <= KEPT_US_MAX)
        elif row.what == JUDGE and row.peer.startswith(MINIO):
            times = row.awsfed / row.value
            yield promise(JUDGE, "at least as many as MinIO's, with the deciding statement", times, times >= MINIO_TIMES_MIN)
        elif row.what.startswith(READ_LONGER):
            yield promise(row.what, f"at most {READ_LONGER_US_MAX} µs", row.awsfed, row.awsfed <= READ_LONGER_US_MAX)
        elif row.what == REPORT:
            yield promise(row.what, f"at most {REPORT_MS_MAX} ms", row.awsfed, row.awsfed <= REPORT_MS_MAX)
        elif row.what.startswith(LARGE_REPORT):
            yield promise(row.what, f"at most {LARGE_REPORT_MS_MAX} ms", row.awsfed, row.awsfed <= LARGE_REPORT_MS_MAX)
        elif row.what.startswith(COSTLIEST):
            yield promise(row.what, f"at most {COSTLIEST_MS_MAX} ms", row.awsfed, row.awsfed <= COSTLIEST_MS_MAX)
    for promised in jvm.targets(rows):
        yield promise(*promised)


GROUPS = {"load": load, "start": start, "calls": calls, "warm": warm, "cold": cold, "kept": kept, "sign": sign,
          "sign-in": sign_in, "saml": saml, "policies": policies, "java": jvm.java}
