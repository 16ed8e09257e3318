"""Sources that are edited at random: several files and formats, references in several places, links of all kinds, faults."""

import json
import random
import shutil

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
_NAMES = ["Amy", "Bo Larsen", "Cy"]
_DATES = ["1962-10-27", "1962", "1950~", "some day", "2091-01-01", "[1960..1963]"]
_WORDS = ["harbour", "lighthouse", "lantern", "ferry", "ledger", "winter"]


class EditedSources:
    """Folder of sources, and its random edits."""

    def __init__(self, folder, seed, *, plain):
        self.folder, self.plain, self.chance = folder, plain, random.Random(seed)
        self.files = {}
        names = ["a.jsonl", "b.jsonl", "c.json"] + ([] if plain else ["d.csv", "fa.xml", "eac/x3.xml", "eac/x4.xml"])
        for name in names:
            self.files[name] = self._content(name)

    @property
    def sources(self):
        """Sources for the settings."""
        merged = {"path": "merged", "merge": True}
        return ({"path": "first"}, *([] if self.plain else [merged]), {"path": "more", "prefix": "p-"})

    def edit(self):
        """Change some files."""
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            self._edit(self.chance.random())

    def _edit(self, kind):
        name = self.chance.choice(sorted(self.files))
        if kind < 0.1 and len(self.files) > 2:
            del self.files[name]
        elif kind < 0.2:
            new = self.chance.choice(
                ["a.jsonl", "z.jsonl", "c.json"] + ([] if self.plain else ["fa.xml", "eac/x3.xml"])
            )
            self.files[new] = self._content(new)
        elif kind < 0.3 and isinstance(self.files[name], list):
            self.chance.shuffle(self.files[name])
        elif kind < 0.4 and isinstance(self.files[name], list) and name.endswith("jsonl"):
            other = self.chance.choice([each for each in self.files if each.endswith("jsonl")])
            self.files[other] += self.chance.sample(self.files[name], min(2, len(self.files[name])))
        elif isinstance(self.files[name], list) and name.endswith(("jsonl", "json")):
            self._edit_lines(self.files[name])
        else:
            self.files[name] = self._content(name)

    def _edit_lines(self, lines):
        for _ in range(self.chance.choice((1, 2, 4))):
            place = self.chance.randrange(len(lines) + 1)
            if place < len(lines) and self.chance.random() < 0.3:
                del lines[place]
            elif place < len(lines) and self.chance.random() < 0.6:
                lines[place] = self._record(lines[place]["id"] if isinstance(lines[place], dict) else None)
            else:
                lines.insert(place, self._record())

    def write(self, folder=None):
        """Write the files; folders of sources are there though they be empty."""
        root = folder or self.folder
        for part in ("first", "merged", "more"):
            shutil.rmtree(root / part, ignore_errors=True)
            (root / part).mkdir(parents=True)
            (root / part / "readme.txt").write_text("Sources.")
        for name, content in self.files.items():
            part = "merged" if name in {"b.jsonl", "fa.xml"} else "more" if name == "c.json" else "first"
            path = root / ("first" if self.plain and part == "merged" else part) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(self._text(name, content), encoding="utf-8")

    def _text(self, name, content):
        if not isinstance(content, list):
            return content
        records = [each if isinstance(each, str) else json.dumps(each) for each in content]
        if name.endswith(".json"):
            return "[" + ",\n".join(each for each in records if each.startswith("{")) + "]"
        return "".join(f"{each}\n" for each in records)

    def _content(self, name):
        if name.endswith((".jsonl", ".json")):
            return [self._record() for _ in range(self.chance.randrange(3, 9))]
        if name.endswith(".csv"):
            rows = [f"{n},Sheet {self.chance.choice(_WORDS)},{self.chance.choice(_DATES)}" for n in range(3)]
            return "\n".join(["id,title,date", *rows]) + "\n"
        if name.startswith("eac/"):
            return self._authority(name[4:-4])
        return self._finding_aid()

    def _record(self, reference=None):
        chance = self.chance
        if reference is None and chance.random() < 0.07:
            return chance.choice(["no JSON", '{"id": "record/1"', '{"title": {"en": "Without an id"}}'])
        kinds = ["record"] * 6 + ["agent", "agent", "topic"]
        reference = reference or f"{chance.choice(kinds)}/{chance.randrange(9)}"
        kind = reference.partition("/")[0]
        label = "title" if kind == "record" else "name"
        record = {"id": reference, label: {"en": f"{chance.choice(_WORDS)} {chance.choice(_WORDS)}"}}
        if kind == "record":
            record["creator"] = [self._link("agent") for _ in range(chance.randrange(3))]
            record["subjects"] = [self._link("topic") for _ in range(chance.randrange(2))]
            record["relatedTo"] = [f"record/{chance.randrange(12)}" for _ in range(chance.randrange(2))]
            record["partOf"] = [f"record/{chance.randrange(9)}" for _ in range(chance.random() < 0.2)]
            record["dates"] = [{"role": "document", "edtf": chance.choice(_DATES)}]
            record["summary"] = {"en": [" ".join(chance.choices(_WORDS, k=6))]}
            if chance.random() < 0.15:
                record["replaces"] = [f"record/{chance.randrange(12)}"]
        if chance.random() < 0.1:
            record["status"] = "described-only"
        if chance.random() < 0.1:
            record["unheard"] = "of"
        return {name: value for name, value in record.items() if value}

    def _link(self, kind):
        reference = f"{kind}/{self.chance.randrange(9)}"
        if self.chance.random() < 0.5:
            return reference
        link = {"id": reference, "name": {"en": self.chance.choice(_NAMES)}}
        return link | ({"agentType": self.chance.choice(["person", "family"])} if kind == "agent" else {})

    def _authority(self, key):
        chance = self.chance
        relations = "".join(
            f'<cpfRelation xlink:href="{chance.choice(["x3", "x4", "x4.xml", "gone"])}">'
            f"<relationEntry>{chance.choice(_NAMES)}</relationEntry></cpfRelation>"
            for _ in range(chance.randrange(2))
        )
        return (
            f"<eac-cpf {XLINK}><control><recordId>{key}</recordId></control><cpfDescription><identity>"
            f"<entityType>{chance.choice(['person', 'family'])}</entityType><nameEntry>"
            f"<part>{chance.choice(_NAMES)}</part></nameEntry></identity>"
            f'<relations>{relations}<resourceRelation xlink:href="{chance.choice(["fa", "fa.xml", "fa#c1", "fb"])}">'
            "<relationEntry>Papers</relationEntry></resourceRelation></relations></cpfDescription></eac-cpf>"
        )

    def _finding_aid(self):
        chance = self.chance
        parts = "".join(
            f"<c id='c{n}' level='item'><did><unittitle>{chance.choice(_WORDS)}</unittitle><origination>"
            f"<persname authfilenumber='{chance.choice(['x3', 'x4', '5'])}'>{chance.choice(_NAMES)}</persname>"
            "</origination></did></c>"
            for n in range(chance.randrange(1, 4))
        )
        return (
            f"<ead><eadheader><eadid>{chance.choice(['fa', 'fa', 'fb'])}</eadid></eadheader><archdesc level='fonds'>"
            f"<did><unittitle>Papers</unittitle></did><dsc>{parts}</dsc></archdesc></ead>"
        )
