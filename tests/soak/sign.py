#!/usr/bin/env python3
"""botocore and the library sign the same random requests, and must agree to the byte: sign.py BUILD [COUNT [SEED]]

Compared are the canonical request, the string to sign, and the Authorization header or the signed parameters. Both are given
what goes over the wire, the library in one of its spellings. LEFT_OUT below has what is not tried, and why.
"""
import argparse
import base64
import datetime
import random
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# Where botocore does other than the rules say, or than the library promises. No such request is made here.
LEFT_OUT = {
    "a path that ends in a dot segment": "botocore drops the slash that RFC 3986, 5.2.4 leaves at the end",
    "a path of S3 that is not escaped strictly": "botocore takes it as it stands; its callers have escaped it",
    "an escaped slash in a path of S3": "likewise; the library reads it as a slash, as S3's own rule has it for keys",
    "Authorization, in a signed URL": "botocore signs it there; the library never does, as it is what is being made",
    "a query with a name twice, in a signed URL": "botocore keeps the first value alone",
    "a plus sign in the query, in a signed URL": "botocore reads it as a blank, as in a form",
    "empty parameters (a&&b)": "no rule says what they are",
    "bytes in the query that are no UTF-8": "botocore's parameters are text",
    "a body, in a signed URL": "botocore moves it into the query",
    "a form's Content-Type, in a signed URL": "botocore removes it there, as one that it has added itself",
    "Date": "botocore writes it anew and then sends no X-Amz-Date",
    "X-Amz-Content-Sha256": "botocore takes it for the body's hash",
    "X-Amz-Security-Token without a token, X-Amz-Region-Set": "the library skips them as its own, botocore signs them",
    "Proxy-Connection": "the library never signs it: it is of the way to a proxy",
    "white space that is not blank, tab, CR or LF": "botocore splits header values at all of Unicode's",
    "methods in lower case": "botocore turns them into capitals",
}

TEXTS = ("a", "b", "aa", "A", "1", "~", "-._", "+", "%", "%4", "%zz", "%41", "%2F", "100%", " ", "&", "=", "/", "?", "#", "*", "'",
         "é", "ü+", "日本", "😀", "list-type", "X-Amz-Date", "x y", "!$(),;:@[]{}|\\^`\"<>")
WORDS = ("a", "bb", "\"q", "q\"", "x=1", ",", ";", "é", "日", "%20", "~", "text/plain", "0")
GAPS = (" ", "  ", "\t", " \t ", "\n ", "\r\n\t")
NEVER_SIGNED = ("Authorization", "Connection", "Expect", "User-Agent", "Transfer-Encoding", "X-Amzn-Trace-Id", "TE", "Upgrade",
                "traceparent", "Baggage")
NAMES = ("X-Amz-Meta-a", "x-amz-meta-A", "X-Amz-Target", "Accept", "accept-encoding", "Content-Type", "Content-MD5", "Range",
         "X_a", "x-a", "x-a-b", "X!", "x~", "If-Match", "Cache-Control")
FORM = "application/x-www-form-urlencoded; charset=utf-8"
LIFETIME = 900
BATCH = 1000


def text(rng, most):
    return "".join(rng.choice(TEXTS) for _ in range(rng.randint(0, most)))


def letters(rng, low, high, alphabet):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(low, high)))


VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-"


def spelled(rng, plain, apart, loose):
    """One of the ways to write it on the wire; `apart` must be escaped. Strictly unless `loose`."""
    out, octets = "", plain.encode()
    for at, octet in enumerate(octets):
        char = chr(octet)
        begins_escape = char == "%" and len(octets) > at + 2  # what follows may be digits, however they are written
        may_stay = 0x21 <= octet < 0x7F and char not in apart and not begins_escape
        if char.isascii() and (char.isalnum() or char in "-._~"):
            out += char if not loose or rng.random() < 0.9 else "%%%02x" % octet
        elif loose and may_stay and rng.random() < 0.5:
            out += char
        else:
            out += ("%%%02x" if loose and rng.random() < 0.3 else "%%%02X") % octet
    return out


def path(rng, s3):
    while True:
        segments = [rng.choice((text(rng, 3), text(rng, 2), "", ".", "..", "a", "sts")) for _ in range(rng.randint(0, 5))]
        if s3:
            return "/" + "/".join(quote(segment, safe="-._~/") for segment in segments)
        made = "/" + "/".join(segment.replace("/", "").replace("?", "").replace("#", "") for segment in segments)
        if made.rpartition("/")[2] not in (".", ".."):
            return made


def parameters(rng, in_url):
    pairs = [(text(rng, 2), text(rng, 3)) for _ in range(rng.choice((0, 1, 2, 3, 8)))]
    pairs = [(name, value) for name, value in pairs if name + value]
    if in_url:
        return list({name: (name, value) for name, value in pairs if not name.startswith("X-Amz-")}.values())
    return pairs + [(rng.choice(pairs)[0], text(rng, 1)) for _ in range(rng.randint(0, 2)) if pairs]


def query(rng, pairs, in_url):
    apart = "&#+" if in_url else "&#"
    written = []
    for name, value in pairs:
        one = spelled(rng, name, apart + "=", True)
        if value or not one or rng.random() < 0.5:
            one += "=" + spelled(rng, value, apart, True)
        written.append(one)
    return "&".join(written)


def headers(rng, in_url):
    found = [(rng.choice(NAMES), "".join(rng.choice(WORDS + GAPS) for _ in range(rng.randint(0, 8))))
             for _ in range(rng.choice((0, 1, 2, 6)))]
    found += [(rng.choice(found)[0].swapcase(), "again") for _ in range(rng.randint(0, 1)) if found]
    found += [(name, "x") for name in NEVER_SIGNED if rng.random() < 0.1 and not (in_url and name == "Authorization")]
    if not in_url and rng.random() < 0.5:
        found.append(("content-type", FORM))
    rng.shuffle(found)
    return found


class Case:
    def __init__(self, rng):
        self.in_url, self.s3 = rng.random() < 0.4, rng.random() < 0.4
        self.method = rng.choice(("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"))
        self.path = path(rng, self.s3)
        self.pairs = parameters(rng, self.in_url)
        self.query = query(rng, self.pairs, self.in_url)
        self.body = b"" if self.in_url or rng.random() < 0.3 else rng.randbytes(rng.choice((1, 55, 56, 64, 143, 5000)))
        self.key_id = letters(rng, 1, 20, VISIBLE)
        self.secret = letters(rng, 1, rng.choice((40, 60, 61, 200)), VISIBLE)
        self.token = letters(rng, 1, rng.choice((10, 1500)), VISIBLE) if rng.random() < 0.5 else ""
        self.region, self.service = letters(rng, 1, 14, PLAIN), "s3" if self.s3 else letters(rng, 1, 12, PLAIN)
        self.time = datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=rng.randrange(3_000_000_000))
        self.headers = headers(rng, self.in_url)
        port = rng.choice(("", ":8443", ":1"))
        self.host = letters(rng, 1, 12, PLAIN[:-1]) + ".example" + port

    def line(self):
        fields = [self.method, self.path, self.query, self.body, self.key_id, self.secret, self.token, self.region, self.service,
                  self.time.strftime("%Y-%m-%dT%H:%M:%SZ"), "Host", self.host]
        fields += [text_ for header in self.headers for text_ in header]
        octets = [field if isinstance(field, bytes) else field.encode() for field in fields]
        written = [base64.b64encode(one).decode() or "-" for one in octets]
        return " ".join(("query" if self.in_url else "header", "s3" if self.s3 else "normal", *written))

    def signed_by_botocore(self):
        kinds = {(False, False): botocore.auth.SigV4Auth, (False, True): botocore.auth.S3SigV4Auth,
                 (True, False): botocore.auth.SigV4QueryAuth, (True, True): botocore.auth.S3SigV4QueryAuth}
        kind, said = kinds[self.in_url, self.s3], {}

        class Listening(kind):
            def canonical_request(self, request):
                said["canonical"] = super().canonical_request(request)
                return said["canonical"]

            def string_to_sign(self, request, canonical_request):
                said["to sign"] = super().string_to_sign(request, canonical_request)
                return said["to sign"]

        botocore.auth.get_current_datetime = lambda *_, **__: self.time  # it takes the time from nowhere else
        more = {"expires": LIFETIME} if self.in_url else {}
        signer = Listening(Credentials(self.key_id, self.secret, self.token or None), self.service, self.region, **more)
        request = AWSRequest(self.method, f"https://{self.host}{self.path}", data=self.body)
        if self.in_url:
            request.url += "?" + self.query if self.query else ""
        else:
            request.params = self.pairs
        for name, value in self.headers:
            request.headers[name] = value
        signer.add_auth(request)
        last = parameters_of(request.url.partition("?")[2]) if self.in_url else request.headers["Authorization"]
        return said["canonical"], said["to sign"], last


def parameters_of(written):
    """Their order and spelling are free."""
    return sorted(tuple(unquote_to_bytes(part) for part in (one.partition("=")[0], one.partition("=")[2]))
                  for one in written.split("&"))


def signed_by_the_library(program, cases):
    said = subprocess.run([program], input="".join(case.line() + "\n" for case in cases), capture_output=True, text=True,
                          check=True).stdout.splitlines()
    for case, line in zip(cases, said, strict=True):
        if line.startswith("! "):
            yield (line,)
            continue
        canonical, to_sign, last = (base64.b64decode(field).decode() for field in line.split())
        yield canonical, to_sign, parameters_of(last) if case.in_url else last


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("seed", type=int, nargs="?", default=random.randrange(1 << 32))
    asked = parser.parse_args()
    rng, differ, done = random.Random(asked.seed), 0, 0
    while done < asked.count and differ < 10:
        cases = [Case(rng) for _ in range(min(BATCH, asked.count - done))]
        done += len(cases)
        for case, ours in zip(cases, signed_by_the_library(asked.build / "tests/sign-soak", cases), strict=True):
            theirs = case.signed_by_botocore()
            if ours != theirs:
                differ += 1
                print("DIFFERS", case.line())
                for name, one, other in zip(("canonical request", "string to sign", "signed"), theirs, ours):
                    if one != other:
                        print(f"  {name} of botocore: {one!r}\n  {name} of awsfed: {other!r}")
                if len(ours) == 1:
                    print("  awsfed says", ours[0])
    print(f"{done} requests signed by both, {differ} differ (seed {asked.seed}); {len(LEFT_OUT)} kinds left out, each with its "
          "reason in tests/soak/sign.py")
    return 1 if differ or not done else 0


if __name__ == "__main__":
    sys.exit(main())
