#!/usr/bin/env python3
"""src/http/kerberos_functions.def names just what the library calls of Kerberos: kerberos_functions.py LIBRARY DEF

It is read by the build that opens Kerberos at run time alone; this compares it with what the linked one leaves open.
"""
import re
import subprocess
import sys
from pathlib import Path

DATA = {"GSS_KRB5_NT_PRINCIPAL_NAME", "gss_mech_krb5"}  # no functions: kerberos_opened.cpp has them itself

library, table = sys.argv[1:]
symbols = subprocess.run(["readelf", "-W", "--dyn-syms", library], check=True, capture_output=True, text=True).stdout
called = set(re.findall(r" UND ((?:krb5|gss|GSS|profile)_\w+)", symbols)) - DATA
listed = re.findall(r"^AWSFED_KERBEROS\(\w+, (\w+)\)$", Path(table).read_text(), re.M)

faults = [f"{name} is called and not listed" for name in sorted(called - set(listed))]
faults += [f"{name} is listed and not called" for name in sorted(set(listed) - called)]
faults += ["the list is not sorted"] if listed != sorted(listed) else []
print("\n".join(faults) or f"{len(listed)} functions")
sys.exit(1 if faults or not called else 0)
