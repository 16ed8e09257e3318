"""Mutated tables: a short run of `make fuzz`, in this process."""

import random

import pytest
from fuzz_tables import read
from table_seeds import SEEDS, mutated


@pytest.mark.parametrize("ending", SEEDS)
def test_mutated_tables(tmp_path, ending):
    """A file with any faults gives records, or says what is wrong: kg fails at none."""
    format_, write = SEEDS[ending]
    sound, path = tmp_path / f"sound.{ending}", tmp_path / f"mutated.{ending}"
    write(sound)
    assert read(sound, format_) > 1
    content = sound.read_bytes()
    for seed in range(25):
        path.write_bytes(mutated(content, random.Random(seed)))
        read(path, format_)
