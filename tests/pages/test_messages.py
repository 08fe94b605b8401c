"""The Japanese catalogue: complete, nothing left over, and nothing lost on the way from one language to the other."""

import re
from string import Formatter

import polib
import pytest

from gan_core.fields import ConfigError
from gan_core.latent.views import request_of
from gan_core.presets import PRESETS
from pages.components.i18n import FOLDER
from tools.messages import messages

ENTRIES = polib.pofile(str(FOLDER / "ja.po"), encoding="utf-8")


def fields(sentence):
    """Placeholders with their formats, in any order: a translation may turn a sentence round."""
    return sorted((name, form) for _, name, form, _ in Formatter().parse(sentence) if name is not None)


def sticks(inside, before, after):
    """Whether markdown takes the ** around `inside` for asterisks: sign inwards, letter outwards, no space between."""
    begin, end = inside[0], inside[-1]
    return (before[-1:].isalnum() and not begin.isalnum()) or (after[:1].isalnum() and not end.isalnum())


def test_every_sentence_is_there_once():
    sentences = [entry.msgid for entry in ENTRIES]
    assert len(sentences) == len(set(sentences))
    assert sorted(messages() - set(sentences)) == [], "missing in assets/locale/ja.po"
    assert sorted(set(sentences) - messages()) == [], "not used any more"


def test_every_sentence_is_translated():
    assert [entry.msgid for entry in ENTRIES if not entry.msgstr.strip() or entry.fuzzy or entry.obsolete] == []


def test_sentences_are_japanese():
    """Names like Leaky ReLU stay as they are; three words and more are a sentence."""
    sentences = [entry for entry in ENTRIES if len(re.findall(r"[a-z]{3,}", re.sub(r"\{.*?\}", "", entry.msgid))) > 2]
    assert [entry.msgid for entry in sentences if not re.search(r"[ぁ-んァ-ヶ一-龠]", entry.msgstr)] == []


@pytest.mark.parametrize(
    "body",
    [
        {"view": "nothing"},
        {"view": "picture", "form": "gif"},
        {"view": "picture", "style": "perhaps"},
        {"view": "picture", "point": {"seed": -1}},
        {"view": "picture", "point": {"moved": [99]}},
        {"view": "plane", "axes": {"u": ["far"]}},
        {"view": "plane", "zoom": 9},
        {"view": "walk", "way": "round"},
        {"view": "loop", "n": 1},
        {"view": "matrix", "rows": 99},
    ],
)
def test_what_a_refused_view_is_told_can_be_translated(body):
    with pytest.raises(ConfigError) as refused:
        request_of(PRESETS["cgan_lesson"].config, body)
    values = refused.value.values
    assert {refused.value.template, *(values[name] for name in ("label", "help") if name in values)} <= messages()


def test_placeholders_are_the_same():
    assert [entry.msgid for entry in ENTRIES if fields(entry.msgstr) != fields(entry.msgid)] == []


@pytest.mark.parametrize("mark", ["**", "*", "`", "$", "]("])
def test_marks_of_markdown_are_as_many(mark):
    assert [entry.msgid for entry in ENTRIES if entry.msgstr.count(mark) != entry.msgid.count(mark)] == []


@pytest.mark.parametrize("side", ["msgid", "msgstr"])
def test_bold_is_closed_and_seen(side):
    for sentence in (getattr(entry, side) for entry in ENTRIES):
        pieces = sentence.split("**")
        assert len(pieces) % 2 == 1, sentence
        for at in range(1, len(pieces), 2):
            assert not sticks(pieces[at], pieces[at - 1], pieces[at + 1]), sentence


def test_bold_that_markdown_would_not_see():
    assert sticks("「生成器」", "これは", "です")
    assert not sticks("生成器", "これは", "です")
    assert not sticks("生成器", "", " G")
