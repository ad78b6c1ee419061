"""The jar with its native parts, their bill of materials and the licences."""
import zipfile
from pathlib import Path

import sources

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same jar


def add(jar, name, content):
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    jar.writestr(entry, content)


def pack(path, classes, native, libraries):
    """classes: the jar without them; native: the folder that build.py fills."""
    with zipfile.ZipFile(classes) as from_jar, zipfile.ZipFile(path, "w") as jar:
        for name in from_jar.namelist(): # the manifest is the first
            if not name.endswith("/"):
                add(jar, name, from_jar.read(name))
        for target, library in sorted(libraries.items()):
            folder = f"io/awsfed/native/{target}"
            add(jar, f"{folder}/{library.name}", library.read_bytes())
            add(jar, f"{folder}/{library.name}.sha256", sources.sha256_of(library) + "\n")
        for name in ("awsfed.cdx.json", "manifest.json"):
            add(jar, f"META-INF/sbom/{name}", (native / name).read_bytes())
        for licence in sorted((native / "licences").iterdir()):
            add(jar, f"META-INF/licences/{licence.name}", licence.read_bytes())
    return Path(path)
