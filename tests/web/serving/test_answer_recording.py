"""Answer recordings: what is recorded, and how many bytes that takes at once."""

import contextlib

import pytest

from kg.web.serving.answer_recording import Recorder


def recorded(recorder, tag, size, chunk=10):
    """An answer of so many bytes that is sent in chunks: what was recorded of it."""
    with recorder.begin(tag) as recording:
        for _ in range(size // chunk):
            recording.add(b"x" * chunk)
        return recording.body()


@pytest.mark.parametrize(
    ("size", "first", "second"),
    [(100, True, True), (110, False, True), (400, False, True), (410, False, False)],
)
def test_large_answers_are_recorded_when_they_are_asked_for_again(size, first, second):
    """A small answer is recorded the first time, a large one the second time, and one that is too large never."""
    recorder = Recorder(small=100, largest=400, budget=1_000)
    found = [recorded(recorder, "tag", size) for _ in range(3)]
    assert [body == b"x" * size for body in found] == [first, second, second]
    assert recorder.size == 0


def test_an_answer_without_a_tag_is_not_recorded():
    """What answers otherwise each time is not recorded."""
    recorder = Recorder(small=100, largest=400, budget=1_000)
    assert recorded(recorder, None, 10) is None


def test_recordings_share_a_budget():
    """All recordings under way take no more than the budget: the one that would take more is dropped, others go on."""
    recorder = Recorder(small=100, largest=400, budget=150)
    with recorder.begin("one") as one, recorder.begin("other") as other:
        for _ in range(10):
            one.add(b"x" * 10)
        for _ in range(6):
            other.add(b"x" * 10)
        assert other.body() is None
        assert one.body() == b"x" * 100
        assert recorder.size == 100
    assert recorder.size == 0


def test_a_recording_that_breaks_off_gives_its_bytes_back():
    """Whatever ends an answer, the bytes of its recording are free again."""
    recorder = Recorder(small=100, largest=400, budget=150)

    def break_off():
        with recorder.begin("one") as recording:
            recording.add(b"x" * 50)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    assert recorder.size == 0


def test_large_answers_that_are_remembered_are_bounded():
    """Of too many large answers the one sent longest ago is forgotten."""
    recorder = Recorder(small=100, largest=400, budget=1_000)
    for number in range(3_000):
        recorded(recorder, str(number), 200, 200)
    assert recorded(recorder, "0", 200, 200) is None
    assert recorded(recorder, "2999", 200, 200) is not None


def test_one_client_has_half_of_the_budget():
    """Recordings of one client, however many it has under way, leave room for those of others."""
    recorder = Recorder(small=100, largest=400, budget=1_000)
    with contextlib.ExitStack() as under_way:
        for number in range(20):
            under_way.enter_context(recorder.begin(f"tag {number}", "192.0.2.1")).add(bytes(90))
        assert recorder.size <= 500
        other = under_way.enter_context(recorder.begin("other", "192.0.2.2"))
        other.add(b"answer")
        assert other.body() == b"answer"
    assert recorder.size == 0


def test_one_client_lets_no_large_answer_of_others_be_forgotten():
    """A large answer that was sent once is recorded the second time, however many large ones another client takes."""
    recorder = Recorder(small=100, largest=400, budget=1_000)
    recorder.note_large("common", "192.0.2.2")
    for number in range(5_000):
        recorder.note_large(f"flood {number}", "192.0.2.1")
    assert recorder.limit_of("common", "192.0.2.2") == 400
