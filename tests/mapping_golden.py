"""Golden digests of the mapping: of which triples each record of the examples, and each key of the model, gives.

`.venv/bin/python tests/mapping_golden.py` writes them anew; where a record gives other triples than before, only once
the version of the mapping is raised.
"""

import copy
import hashlib
import json
import sys
from pathlib import Path

from locations import ROOT

from kg import ontology
from kg.iris import KINDS
from kg.mapping.mapper import VERSION, Mapper
from kg.records.model.keys import keys_of, label_key
from kg.records.normalisation.records import normalise_record

FILE = Path(__file__).parent / "mapping" / "cases" / "golden.json"
BASE = "https://archive.example.org/"
_ODD = {
    "odd dates": {
        "dates": [{"role": "document", "edtf": edtf} for edtf in ("1962~", "{1963-02-22,1963-02-23}", "-0044")]
    },
    "odd text": {"summary": {"@none": ['a\nb\t"c"\\ \u0085\u2028 é'], "zh-hans-cn": ["字"]}},
    "odd links": {"creator": [{"id": "agent/A%20b", "name": {"en": "N"}}], "sameAs": ["urn:isbn:1"]},
    "odd words": {"status": "stub", "type": ["topic/a", "topic/a"]},
}


def inputs():
    """Name → record in sound form: each key alone, some odd values, the example collection."""
    found = {}
    for kind in KINDS:
        for key in keys_of(kind):
            if key.name not in {"id", "kind"}:
                found[f"{kind} {key.name}"] = {"id": f"{kind}/1", label_key(kind): {"en": "A"}, key.name: key.example}
    found |= {name: {"id": "record/1", "title": {"en": "A"}, **keys} for name, keys in _ODD.items()}
    for path in sorted((ROOT / "data").glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found[f"{path.name} {number}"] = json.loads(line)
    return {name: normalise_record(copy.deepcopy(record), "", "")[0] for name, record in found.items()}


def digests():
    """Name → (digest of the record, digest of its triples)."""
    records = inputs()
    mapped = Mapper(ontology.load(BASE)).map(records.values())
    return {
        name: [_digest(json.dumps(record, ensure_ascii=False).encode()), _digest(triples.ntriples)]
        for (name, record), triples in zip(records.items(), mapped, strict=True)
    }


def _digest(data):
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def changed(before, now):
    """Names of the same records that gave other triples before."""
    return [name for name in before if name in now and before[name][0] == now[name][0] and before[name] != now[name]]


def recorded():
    """What the file says: the version of the mapping, and digests by name."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return found["mapping"], found["digests"]


def main():
    """Write the digests anew, or say what has to be done first."""
    now = digests()
    if FILE.exists():
        version, before = recorded()
        if version == VERSION and (others := changed(before, now)):
            sys.exit(f"Raise VERSION in kg/mapping/mapper.py first: these give other triples now: {', '.join(others)}")
    FILE.parent.mkdir(exist_ok=True)
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(pair)}" for name, pair in now.items())
    FILE.write_text(f'{{"mapping": "{VERSION}", "digests": {{\n{rows}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
