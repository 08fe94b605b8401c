import numpy as np
import pytest
from safetensors.numpy import load, save

from gan_core.fields import ConfigError
from gan_core.questions import MOST, WANTS, Answer, Question

RANDOM = np.random.default_rng(0)
Z = RANDOM.normal(size=(3, 5)).astype(np.float32)
C = np.eye(10, dtype=np.float32)[[7, 1, 0]]


@pytest.mark.parametrize("condition", [C, np.zeros((0, 10), np.float32)])
@pytest.mark.parametrize("wants", [frozenset(), frozenset(WANTS), frozenset({"scores", "digits"})])
def test_a_question_comes_back_as_it_was(condition, wants):
    back = Question.of(Question(Z, condition, wants).to_bytes())
    assert (back.z == Z).all() and back.z.dtype == np.float32
    assert back.condition.shape == condition.shape and (back.condition == condition).all()
    assert back.wants == wants


def test_without_a_condition_there_are_none():
    assert Question(Z).condition.shape == (0, 10)


def test_an_answer_comes_back_as_it_was_even_a_transposed_one():
    arrays = {"images": RANDOM.integers(0, 256, (2, 784), np.uint8), "score": Z[0], "turned": Z.T}
    back = Answer.of(Answer(arrays, {"step": "12", "state": "running"}).to_bytes())
    assert back.texts == {"step": "12", "state": "running"}
    assert set(back.arrays) == set(arrays)
    for name, array in arrays.items():
        assert (back.arrays[name] == array).all() and back.arrays[name].dtype == array.dtype


def test_the_bytes_are_a_plain_safetensors_message():
    assert set(load(Question(Z, C).to_bytes())) == {"z", "condition"}
    assert (load(Answer({"score": Z[0]}, {"step": "0"}).to_bytes())["score"] == Z[0]).all()


def test_what_came_back_may_be_written_to():
    Question.of(Question(Z).to_bytes()).z[0] = 0  # torch.from_numpy warns about arrays that may not


def test_adding_leaves_the_answer_as_it_was():
    plain = Answer({"score": Z[0]}, {"step": "1"})
    more = plain.adding(norms=Z[1])
    assert set(plain.arrays) == {"score"} and set(more.arrays) == {"score", "norms"} and more.texts == plain.texts


@pytest.mark.parametrize(
    ("z", "condition", "wants", "field"),
    [
        (Z[0], C, (), "z"),
        (Z[:0], C[:0], (), "z"),
        (Z[:, :0], C, (), "z"),
        (Z.astype(float), C, (), "z"),
        (np.zeros((MOST + 1, 1), np.float32), C[:0], (), "z"),
        (np.full((3, 2), np.nan, np.float32), C, (), "z"),
        (np.full((3, 2), np.inf, np.float32), C, (), "z"),
        (Z, C[:2], (), "condition"),
        (Z, C[:, :9], (), "condition"),
        (Z, C.astype(int), (), "condition"),
        (Z, np.full_like(C, np.nan), (), "z"),
        (Z, C, ("scores", "pickle"), "wants"),
    ],
)
def test_what_nobody_can_answer_is_refused(z, condition, wants, field):
    with pytest.raises(ConfigError) as caught:
        Question(z, condition, frozenset(wants))
    assert caught.value.field == field and str(caught.value).startswith("Question: ")


GOOD = Question(Z, C, frozenset(WANTS)).to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04\x95pickle",
        GOOD[:-1],
        GOOD[:40],
        GOOD + b"x",
        save({"z": Z}, {"wants": ""}),
        save({"z": Z, "condition": C}),
        save({"z": Z, "condition": C, "more": C}, {"wants": ""}),
        GOOD.replace(b'"F32"', b'"F99"'),
    ],
)
def test_damaged_bytes_are_one_sentence(data):
    with pytest.raises(ConfigError, match="damaged"):
        Question.of(data)


@pytest.mark.parametrize("data", [b"", b"<html>", GOOD[:-1]])
def test_a_damaged_answer_is_one_sentence(data):
    with pytest.raises(ConfigError, match="damaged"):
        Answer.of(data)


def test_a_dtype_that_numpy_does_not_know_is_damage():
    data = save({"score": np.zeros(4, np.float16)}, {}).replace(b'"F16"', b'"BF16"')
    length = int.from_bytes(data[:8], "little")
    with pytest.raises(ConfigError, match="damaged"):
        Answer.of((length + 1).to_bytes(8, "little") + data[8:])
