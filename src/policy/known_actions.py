#!/usr/bin/env python3
"""Makes the tables that known_actions.h declares from known_actions.json.gz: known_actions.py JSON_GZ CPP

All texts lie in one pool and rows hold places in it, so that the tables need no relocation and no code at load.
"""
import gzip
import json
import sys

LEVELS = "LRWTP"  # AccessLevel's order
KINDS = ["String", "Numeric", "Bool", "Date", "ARN", "IPAddress", "ArrayOfString", "ArrayOfARN", "ArrayOfBool"]  # KeyKind's


class Pool:
    """Equal things are kept once; the place of each in the whole."""

    def __init__(self, size, form):
        self.size, self.form, self.places, self.forms, self.end = size, form, {}, [], 0

    def place(self, thing):
        if thing not in self.places:
            self.places[thing] = self.end
            self.forms.append(self.form(thing))
            self.end += self.size(thing)
        return self.places[thing]


def table(kind, name, rows):
    return f"extern const {kind} {name}[] = {{\n" + "".join(f"{row},\n" for row in rows) + "};\n"


def row(*fields):
    return "{" + ",".join(map(str, fields)) + "}"


def main():
    source, target = sys.argv[1:]
    data = json.load(gzip.open(source))
    texts = Pool(lambda text: len(text) + 1, lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '\\0"')
    lists = Pool(lambda items: len(items) + 1, lambda items: ",".join(map(str, (len(items), *items))))
    keys = Pool(lambda key: 1, lambda key: row(texts.place(key[0]), KINDS.index(key[1])))
    services, actions, types = [], [], []

    for prefix, (title, its_actions, its_types, its_keys) in sorted(data["services"].items()):
        def keys_of(names):
            return lists.place(tuple(keys.place((name, its_keys[name])) for name in sorted(names)))

        begin = len(actions), len(types)
        order = sorted(its_types)
        for name in order:
            pattern, its = its_types[name]
            types.append(row(texts.place(name), texts.place(pattern), keys_of(its)))
        for name, (level, resources, its, _) in sorted(its_actions.items(), key=lambda item: item[0].lower()):
            marked = tuple(order.index(one.rstrip("!")) << 1 | one.endswith("!") for one in sorted(resources))
            actions.append(row(texts.place(name), len(services), keys_of(its), lists.place(marked), LEVELS.index(level)))
        services.append(row(texts.place(prefix), texts.place(title), begin[0], len(its_actions), begin[1], len(its_types)))

    assert lists.end < 1 << 16
    with open(target, "w", encoding="ascii") as out:
        out.write('#include "policy/known_actions.h"\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
                  "namespace awsfed::policy {\n"
                  f'extern const char known_date[] = "{data["data_date"]}";\n'
                  "extern const char known_texts[] =\n" + "\n".join(texts.forms) + ";\n")
        out.write(table("ServiceRow", "known_services", services) + f"extern const std::size_t known_service_count = {len(services)};\n")
        out.write(table("ActionRow", "known_actions", actions) + f"extern const std::size_t known_action_count = {len(actions)};\n")
        out.write(table("ResourceTypeRow", "known_types", types))
        out.write(table("KeyRow", "known_keys", keys.forms) + f"extern const std::size_t known_key_count = {keys.end};\n")
        out.write(table("std::uint16_t", "known_lists", lists.forms))
        out.write("} // namespace awsfed::policy\n")


if __name__ == "__main__":
    main()
