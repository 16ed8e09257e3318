"""Patches of things, and the files in which they lie."""

import gzip
from contextlib import closing

import pytest
from graphs import BASE, lines_of

from kg.errors import GenerationError
from kg.store.dumps.buckets import digest_of
from kg.store.triples.patch import ThingPatch, difference
from kg.store.triples.patch_file import PatchCounts, PatchWriter, headers, read_patch, without

PATCHES = [
    ThingPatch(f"record/{n}", (f'<{BASE}record/{n}> <a:p> "old" .'.encode(),), (f'<{BASE}record/{n}#x-1> <a:p> "new" .'.encode(),))
    for n in range(30)
]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    with closing(PatchWriter(tmp_path / "patch.rdfp.gz", BASE, {"generation": "7"})) as writer:
        for patch in PATCHES:
            writer.add(patch)
        writer.add(None)
        assert writer.finish() == PatchCounts(30, 30, 30)
    return tmp_path / "patch.rdfp.gz"


def test_a_difference_has_only_what_differs():
    """What a thing had and has is in no patch; an unchanged thing has none, whatever the order of its lines."""
    old = lines_of("record/1", [("", "title", '"a"'), ("", "extent", '"b"')])
    new = lines_of("record/1", [("", "extent", '"b"'), ("", "title", '"c"')])
    assert difference("record/1", old, new) == ThingPatch(
        "record/1",
        (b'<https://archive.example.org/record/1> <http://purl.org/dc/terms/title> "a" .',),
        (b'<https://archive.example.org/record/1> <http://purl.org/dc/terms/title> "c" .',),
    )
    assert difference("record/1", old, b"".join(reversed(old.splitlines(keepends=True)))) is None
    assert difference("record/1", b"", b"") is None


def test_another_form_of_the_same_value_is_no_difference():
    """A value that a store keeps as the same one is taken away only with the last of its forms."""
    both, one = (
        "".join(f'<a:a> <a:p> "{each}"^^<http://www.w3.org/2001/XMLSchema#duration> .\n' for each in forms).encode()
        for forms in (("PT90M", "PT1H30M"), ("PT90M",))
    )
    assert difference("record/1", both, one) is None
    gone = difference("record/1", both, b"")
    assert gone is not None
    assert gone.removed == (b'<a:a> <a:p> "PT1H30M"^^<http://www.w3.org/2001/XMLSchema#duration> .',)


def test_patches_are_read_as_they_were_written(path):
    """Each thing comes back whole, in the order of the dumps; the headers say base and generation."""
    assert list(read_patch(path)) == sorted(PATCHES, key=lambda patch: digest_of(patch.reference.encode()))
    assert headers(path) == [("base", BASE), ("generation", "7")]
    text = gzip.decompress(path.read_bytes()).decode()
    assert text.startswith(f'H base <{BASE}> .\nH generation "7" .\nTX .\nD <{BASE}record/')
    assert text.endswith('"new" .\nTC .\n')


def test_withdrawn_things_are_told_by_reference_alone(path, tmp_path):
    """A copy without withdrawn things has no line of them but a header, and so has a copy of that copy."""
    first, second = tmp_path / "first.gz", tmp_path / "second.gz"
    without(path, first, {"record/7"})
    without(first, second, {"agent/1"})
    for copy, gone in ((first, ["record/7"]), (second, ["agent/1", "record/7"])):
        text = gzip.decompress(copy.read_bytes())
        assert text.count(b"record/7>") == 1
        assert b"record/7#" not in text
        assert headers(copy)[2:] == [("withdrawn", f"{BASE}{reference}") for reference in gone]
        assert {patch.reference for patch in read_patch(copy)} == {f"record/{n}" for n in range(30) if n != 7}


def test_damaged_patches_are_told(path):
    """A file that is cut, or is no RDF Patch, is refused; what was read before is no whole patch."""
    content = path.read_bytes()
    text = gzip.decompress(content)
    broken = [content[:cut] for cut in range(0, len(content), 50)]
    broken += [gzip.compress(text[:cut]) for cut in range(0, len(text) - 6, 97)]
    broken += [
        gzip.compress(text.replace(b"\nA <", b"\nB <")),
        gzip.compress(b"<a> <b> <c> .\n"),
        gzip.compress(b"TX .\nTC .\n"),
    ]
    for each in broken:
        path.write_bytes(each)
        with pytest.raises(GenerationError, match=r"patch of the generation|Run `kg build"):
            list(read_patch(path))
