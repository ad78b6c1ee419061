"""What is inside of the jar's native part: a manifest for people and tools, and the same as a CycloneDX SBOM."""
import hashlib
import json
import shutil
import uuid
from pathlib import Path

import parts
import sources
import toolchain

HERE = Path(__file__).resolve().parent
COMPONENTS = json.loads((HERE / "components.json").read_text())


def source_digest(entry):
    """Of the sources that were built, all files of the package together, by name."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(entry["files"].items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def component(package, lock):
    """One row of the manifest."""
    entry, known = lock["sources"][package], COMPONENTS["inside"][package]
    return {"name": known["name"], "version": parts.upstream(lock, package), "licence": known["licence"],
            "linked": known["linked"], "cpe": known["cpe"].format(version=parts.upstream(lock, package)),
            "source": {"package": package, "version": entry["version"], "suite": lock["suite"],
                       "sha256": source_digest(entry), "files": entry["files"]}}


def compiler():
    """zig and its C++ library, whose parts are linked in, too."""
    pinned = dict(line.split()[0].split("==") for line in toolchain.REQUIREMENTS.read_text().splitlines()
                  if line and not line.startswith("#"))
    return {"name": "zig", "version": pinned["ziglang"],
            "runtime": [{"name": row["name"], "licence": row["licence"]} for row in COMPONENTS["runtime"]]}


def manifest(version, lock, libraries):
    return {
        "name": "awsfed-jni", "version": version, "licence": "Apache-2.0", "glibc": toolchain.GLIBC_FLOOR,
        "libraries": [{"target": name, "file": f"{name}/{path.name}", "bytes": path.stat().st_size,
                       "sha256": sources.sha256_of(path)} for name, path in sorted(libraries.items())],
        "compiler": compiler(),
        "inside": [component(package, lock) for package in sorted(lock["sources"])],
        "opened_when_wanted": COMPONENTS["opened_when_wanted"],
    }


# ---- CycloneDX 1.5 -----------------------------------------------------------------------------


def purl(row, suite):
    source = row["source"]
    version = source["version"].replace(":", "%3A").replace("+", "%2B")
    return f"pkg:deb/debian/{source['package']}@{version}?arch=source&distro={suite}"


def licences(text):
    """SPDX has an expression for most."""
    return [{"license": {"name": text}}] if "," in text else [{"expression": text}]


def library_row(row, suite):
    return {"type": "library", "bom-ref": row["source"]["package"], "name": row["name"], "version": row["version"],
            "licenses": licences(row["licence"]), "cpe": row["cpe"], "purl": purl(row, suite),
            "properties": [{"name": "awsfed:source-version", "value": row["source"]["version"]},
                           {"name": "awsfed:source-sha256", "value": row["source"]["sha256"]},
                           {"name": "awsfed:linked", "value": row["linked"]}]}


def bill(told):
    """Without a time and with a serial number that follows from what is told: the same jar has the same bill."""
    ours = {"type": "library", "bom-ref": "awsfed", "group": "io.awsfed", "name": "awsfed", "version": told["version"],
            "licenses": licences(told["licence"]), "purl": f"pkg:maven/io.awsfed/awsfed@{told['version']}"}
    suite = told["inside"][0]["source"]["suite"]
    inside = [library_row(row, suite) for row in told["inside"]]
    # They have no version of their own but that of the compiler that brings them.
    inside += [{"type": "library", "bom-ref": row["name"], "name": row["name"],
                "version": f"zig {told['compiler']['version']}", "licenses": licences(row["licence"]),
                "properties": [{"name": "awsfed:linked", "value": "static"}]} for row in told["compiler"]["runtime"]]
    files = [{"type": "file", "bom-ref": row["file"], "name": row["file"],
              "hashes": [{"alg": "SHA-256", "content": row["sha256"]}]} for row in told["libraries"]]
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
             "metadata": {"component": ours,
                          "tools": {"components": [{"type": "application", "name": "zig",
                                                    "version": told["compiler"]["version"]}]}},
             "components": inside + files,
             "dependencies": [{"ref": "awsfed", "dependsOn": [row["bom-ref"] for row in inside + files]}]}
    content = json.dumps(whole, sort_keys=True)
    return whole | {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}"}


def copy_licences(folder, prefix, zig):
    """What the licences want to go along with the library."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((prefix / "licences").iterdir()):
        shutil.copy(path, folder)
    for row in COMPONENTS["runtime"]:
        shutil.copy(zig.parent / row["licence_file"], folder / f"{row['name'].split(',')[0].replace(' ', '-')}.txt")


def write(folder, version, lock, libraries, prefix, zig):
    told = manifest(version, lock, libraries)
    copy_licences(folder / "licences", prefix, zig)
    for name, content in (("manifest.json", told), ("awsfed.cdx.json", bill(told))):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")
