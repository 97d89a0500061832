"""Words are kept as they were written, or refused with the reason; nothing is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.refusals import NotNow
from conversations.words import MOST, fit


@pytest.mark.parametrize(
    "empty", ["", "   ", "\n\t ", "\x00", "\x07\x08", "\u200b", "\u200e\u200f", "\ufeff"], ids=repr
)
def test_an_empty_answer_is_refused(empty: str) -> None:
    """White space, control characters and marks that nobody sees are no words."""
    with pytest.raises(NotNow) as refused:
        fit(empty)

    assert (refused.value.key, refused.value.field) == ("empty", "words")


def test_an_answer_of_16001_characters_is_refused_with_its_length() -> None:
    """Never cut: the person is told how long it is and how much fits."""
    with pytest.raises(NotNow) as refused:
        fit("a" * 16_001)

    assert refused.value.facts == {"length": "16,001", "most": "16,000"}
    assert fit("a" * 16_000) == "a" * 16_000


@pytest.mark.parametrize(
    "kept",
    ["שלום לכולם", "مرحبا", "👩‍⚕️ thanks 🙂", "two\nlines", "tab\there", "“quoted” – £5", "e\u0301", "a\u202eb"],
)
def test_other_scripts_emoji_and_lines_are_kept_as_written(kept: str) -> None:
    """Right-to-left text, joined emoji and line breaks come out as they went in."""
    assert fit(f"  {kept}\r\n") == kept


def test_control_characters_and_nul_are_left_out() -> None:
    """A survey store would cut the text at a NUL; nobody types one on purpose."""
    assert fit("one\x00two\x1b[31m\x7f") == "onetwo[31m"


@given(st.text())
def test_what_fits_once_fits_again_unchanged(text: str) -> None:
    """Cleaning twice changes nothing more, and never makes a text longer."""
    try:
        kept = fit(text)
    except NotNow:
        return
    assert fit(kept) == kept
    assert len(kept) <= min(len(text), MOST)
