#!/usr/bin/env python3
"""Makes partitions.def from partitions.json, the facts about AWS's partitions: partition_table.py [--check] JSON DEF

The JSON has more than is used (names of regions, tests). A region is found by how its name begins, so that one that is
opened tomorrow needs no new table; that this finds every region of the list, too, is checked here.
"""
import json
import re
import sys

# The SDKs' endpoint tests have this host everywhere; partitions.json names an older one for two partitions.
ECR_FIPS = "api.ecr-fips.{region}."
ECR_FIPS_DUALSTACK = "ecr-fips.{region}."


def beginnings(partition):
    """^(us|eu)\\-\\w+\\-\\d+$ -> us- eu-"""
    match = re.fullmatch(r"\^(?:\((.*?)\)|)((?:\w|\\-|\(\w+\))*?)\\-\\w\+\\-\\d\+\$", partition["region_regex"])
    if not match:
        raise SystemExit(f"the form of this region_regex is not known: {partition['region_regex']}")
    rest = match[2].replace("\\", "").replace("(", "").replace(")", "")
    return [f"{first}{rest}-" for first in (match[1] or "").split("|")]


def check_regions(partitions):
    """The rule of partition.cpp, over every region that is listed."""
    for partition in partitions:
        for region in partition["regions"]:
            found = [p["id"] for p in partitions for begin in beginnings(p) if re.fullmatch(re.escape(begin) + r"\w+-\d+", region)]
            if found != [partition["id"]]:
                raise SystemExit(f"{region} of {partition['id']} is found in {found}")


def row(p):
    sts, signin, console, ecr = p["sts"], p["signin"], p["console"], p["ecr"]
    fields = {
        "id": p["id"],
        "region_beginnings": " ".join(beginnings(p)),
        "default_region": p["default_region"],
        "dns_suffix": p["dns_suffix"],
        "dualstack_suffix": p["dualstack_dns_suffix"],
        "sts": sts["regional"],
        "sts_fips": sts["fips"],
        "sts_dualstack": sts["dualstack"],
        "sts_fips_dualstack": sts["fips_dualstack"],
        "sts_global": sts["legacy_global"],
        "sts_global_region": sts["legacy_global_signing_region"],
        "sts_global_regions": " ".join(sts["legacy_global_regions"]),
        "sign_in": signin["host"],
        "sign_in_regional": signin["regional_host"],
        "console": console["host"],
        "console_regional": console["regional_host"],
        "saml_audience": p["saml_audience"],
        "saml_attribute_prefixes": " ".join(p["saml_attribute_prefix"]),
        "oidc_audience": p["oidc_audience"],
        "ecr": ecr["api"],
        "ecr_fips": ECR_FIPS + p["dns_suffix"],
        "ecr_dualstack": ecr["api_dualstack"],
        "ecr_fips_dualstack": ECR_FIPS_DUALSTACK + p["dualstack_dns_suffix"],
        "registry": ecr["registry"],
        "registry_fips": ecr["registry_fips"],
        "registry_dualstack": ecr["registry_dualstack"],
    }
    return "Partition{\n" + "".join(f'    .{name} = "{value}",\n' for name, value in fields.items() if value) + "},\n"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    source, target = arguments
    partitions = json.load(open(source, encoding="utf-8"))["partitions"]
    partitions.sort(key=lambda p: p["id"] != "aws")  # the first is the answer where no other fits
    check_regions(partitions)
    text = "// Made by partition_table.py from partitions.json.\n" + "".join(map(row, partitions))
    if "--check" in sys.argv:
        if open(target, encoding="utf-8").read() != text:
            raise SystemExit(f"{target} is not what partition_table.py makes of {source}")
        return
    open(target, "w", encoding="utf-8").write(text)


if __name__ == "__main__":
    main()
