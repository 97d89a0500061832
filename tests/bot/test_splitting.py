"""Long text goes out in pieces, and every letter of it arrives."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.splitting import bytes_of, cut, units_of
from tests.adapters.slack.texts import TEXTS


@pytest.mark.parametrize("weight", [len, bytes_of, units_of])
@given(text=TEXTS, most=st.integers(20, 3_000))
def test_a_text_is_cut_in_pieces_that_fit_and_are_all_of_it(weight: Callable[[str], int], text: str, most: int) -> None:
    """However a letter counts."""
    pieces = list(cut(text, weight, most))

    assert "".join(pieces) == text
    assert [piece for piece in pieces if weight(piece) > most] == []


@given(st.lists(st.sampled_from(["word ", "longer\n", "it is "]), min_size=1, max_size=300), st.integers(20, 200))
def test_a_text_is_cut_between_words(words: list[str], most: int) -> None:
    """Nobody reads half a word where another place was near."""
    assert all(piece[-1].isspace() for piece in cut("".join(words), len, most))


@given(st.sampled_from(["👩‍⚕️", "💪🏽", "e\u0301"]), st.integers(20, 60))
def test_a_sign_is_not_cut_in_two(sign: str, most: int) -> None:
    """A nurse stays a nurse, and no accent is left alone."""
    pieces = list(cut(sign * 200, len, most))

    assert [piece for piece in pieces if not piece.startswith(sign[0]) or not piece.endswith(sign[-1])] == []
