"""What is measured: each function is a group, takes the ground, the peers and how thorough to be, and gives rows."""
import subprocess
from typing import NamedTuple

from measure import Failed, Side, answers, costs, median, p90
from sandbox import role
from table import compare

EXCHANGES_MAX, OWN_CPU_MS_MAX = 6, 5  # the targets of one sign-in
AWSFED = "awsfed"


class Effort(NamedTuple):
    loads: int
    starts: int
    rounds: int
    calls: int
    sign_ins: int
    signatures: int


THOROUGH = Effort(loads=101, starts=31, rounds=5, calls=240, sign_ins=40, signatures=10_000)
QUICK = Effort(loads=11, starts=3, rounds=1, calls=16, sign_ins=5, signatures=500)


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


def sign(ground, peers, effort):
    """Each makes the same signature, else its time would be of something else."""
    theirs = []
    for name in ("botocore", "awscrt"):
        theirs += peers.script(name, "sign.py", name, effort.signatures)
    found = answers(sides_of([ground.program("sign"), effort.signatures], theirs), effort.rounds)
    if len({one["signature"] for all_ in found.values() for one in all_}) != 1:
        raise Failed("the signers do not make the same signature")
    return rows_of("SigV4 in headers: CPU of one signature", "µs", found,
                   lambda all_: median(one["us"] for one in all_))


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


def targets(rows):
    """What is promised of a sign-in, and whether it holds."""
    for row in {row.what: row for row in rows if row.what.startswith("sign-in")}.values():
        limit = EXCHANGES_MAX if "exchanges" in row.what else OWN_CPU_MS_MAX if "own CPU" in row.what else None
        if limit is not None:
            met = "met" if row.awsfed <= limit else "NOT met"
            yield f"{row.what}: at most {limit} {row.unit}".rstrip() + f": {row.awsfed:.2f}, **{met}**"


GROUPS = {"load": load, "start": start, "calls": calls, "sign": sign, "sign-in": sign_in}
