"""Lines of a terminal are read as what they mean, and never by guessing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.console.lines import (
    AsksHow,
    ChecksBack,
    Edits,
    Fills,
    Leaves,
    Line,
    Moves,
    Nothing,
    Presses,
    Reflects,
    Says,
    Typed,
    Unreadable,
    Withdraws,
    write,
)
from adapters.console.parse import LONGEST_NAME, is_name, parse, read_day, tidy, who
from tests.adapters.console.composing import WORDING

CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Ana: I was tired.", Says("Ana", "I was tired.")),
        ("Ana:I was tired.", Says("Ana", "I was tired.")),
        ("  Ana :   I was tired.  ", Says("Ana", "I was tired.")),
        ("Ana (private): not here", Says("Ana", "not here", private=True)),
        ("Ana(Private) : not here", Says("Ana", "not here", private=True)),
        ("Ana (privately): not here", Says("Ana", "not here", private=True)),
        ("Ana (1): late", Says("Ana", "late", question=1)),
        ("Ana ( private 12 ): late", Says("Ana", "late", private=True, question=12)),
        ("Ana: see this: 10:30 > 9:00", Says("Ana", "see this: 10:30 > 9:00")),
        ("Ana:", Says("Ana", "")),
        ("Ana: help", Says("Ana", "help")),
        ("Ana: \x1b[31mred\x00", Says("Ana", "\x1b[31mred\x00")),
        ("Ana: one\ntwo", Says("Ana", "one\ntwo")),
        ("Mary-Jane O’Neill: hello", Says("Mary-Jane O’Neill", "hello")),
        ("Mary  Jane: hello", Says("Mary Jane", "hello")),
        ("अनिता: नमस्ते", Says("अनिता", "नमस्ते")),
        ("مريم: مرحبا", Says("مريم", "مرحبا")),
        ("Ana > begin", Presses("Ana", "begin")),
        ("Ana>Next question", Presses("Ana", "Next question")),
        ("Ana > start team-leeds live", Presses("Ana", "start team-leeds live")),
        ("Ana > a: b > c", Presses("Ana", "a: b > c")),
        ("Ana edits 2: better", Edits("Ana", "better", 2)),
        ("ana EDITS 2 : better", Edits("ana", "better", 2)),
        ("Ana edits: better", Edits("Ana", "better")),
        ("Mary Jane edits 2: a: b", Edits("Mary Jane", "a: b", 2)),
        ("Ana withdraws 2", Withdraws("Ana", 2)),
        ("Ana withdraws 2.", Withdraws("Ana", 2)),
        ("Ana moves 2 to 3", Moves("Ana", 2, 3)),
        ("Ana reflects: we are proud", Reflects("Ana", "we are proud")),
        ("Ana fills in 2: we met: twice", Fills("Ana", 2, "we met: twice")),
        ("mary jane FILLS  IN 12 :", Fills("mary jane", 12, "")),
        ("Ana checks back on 2026-12-25", ChecksBack("Ana", CHRISTMAS)),
        ("Ana checks back on Friday 25 December 2026", ChecksBack("Ana", CHRISTMAS)),
        ("help", AsksHow()),
        (" ? ", AsksHow()),
        ("Quit", Leaves()),
        ("exit", Leaves()),
        ("", Nothing()),
        (" \t\r\n", Nothing()),
        ("# Ana: a remark", Nothing()),
        ("\ufeff# a file that begins with a mark", Nothing()),
        ("\ufeffAna: hello", Says("Ana", "hello")),
    ],
)
def test_a_line_means_what_it_says(line: str, meant: Line) -> None:
    """Who speaks stands before the first colon or >; the rest is theirs as they typed it."""
    assert parse(line) == meant


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("hello everyone", "no_name"),
        (": hello", "no_name"),
        ("10:30 is fine", "no_name"),
        ("begin", "no_name"),
        ("> begin", "bad_name"),
        ("Ana2: hello", "bad_name"),
        ("Ana & Ben: hello", "bad_name"),
        (f"{'A' * (LONGEST_NAME + 1)}: hello", "bad_name"),
        ("A\x1b[2J: hello", "bad_name"),
        ("(private): hello", "bad_name"),
        ("Ana (secret): hello", "bad_mark"),
        ("Ana (): hello", "bad_mark"),
        ("Ana (99999): hello", "bad_mark"),
        (f"Ana ({'9' * 5000}): hello", "bad_mark"),
        ("Ana (1 private): hello", "bad_mark"),
        ("Ana >", "no_words_pressed"),
        ("Ana edits two: hello", "how_edits"),
        ("Ana edits 2", "how_edits"),
        ("Ana reflects", "how_reflects"),
        ("Ana withdraws", "how_withdraws"),
        ("Ana withdraws 2: because", "how_withdraws"),
        ("Ana moves 2", "how_moves"),
        ("Ana moves 2 to", "how_moves"),
        ("Ana checks back", "how_checks"),
        ("Ana checks back on Christmas", "bad_day"),
        ("Ana checks back on 2026-02-30", "bad_day"),
    ],
)
def test_a_line_that_cant_be_read_says_what_to_type(line: str, key: str) -> None:
    """One clear sentence, and nothing is done."""
    assert parse(line) == Unreadable(key)
    assert WORDING.say(f"console.{key}")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-25", CHRISTMAS),
        ("25/12/2026", CHRISTMAS),
        ("25.12.2026", CHRISTMAS),
        ("25 December 2026", CHRISTMAS),
        ("friday, 25th dec 2026.", CHRISTMAS),
        ("8 Sept 2027", date(2027, 9, 8)),
        ("12/25/2026", None),
        ("25 Ju 2027", None),
        ("25 Jun 2027", date(2027, 6, 25)),
        ("25 Ma 2027", None),
        ("2026-1-1", date(2026, 1, 1)),
        ("0000-00-00", None),
        ("٢٥/١٢/٢٠٢٦", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_british_people_write_it(text: str, day: date | None) -> None:
    """The day comes before the month, and what is no day is not guessed at."""
    assert read_day(text) == day


@pytest.mark.parametrize("other", ["ana", "ANA", "aNa", "  Ana "])
def test_how_a_name_is_spelt_makes_no_difference(other: str) -> None:
    """*Ana* and *ana* are one person, with one set of answers."""
    assert who(other) == who("Ana")


def test_names_that_look_the_same_are_the_same() -> None:
    """Keyboards write é and ’ in more than one way."""
    assert who("Jose\u0301") == who("JOSÉ")
    assert who("O’Neill") == who("o'neill")
    assert who("Ana") != who("Anna")


letters = st.characters(categories=["Lu", "Ll", "Lo"])
names = (
    st.text(st.one_of(letters, st.sampled_from(" -'’")), min_size=1, max_size=LONGEST_NAME)
    .map(tidy)
    .filter(is_name)
    .filter(
        lambda name: not {"edits", "reflects", "fills", "withdraws", "moves", "checks"} & set(name.casefold().split())
    )
)
said = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text.strip("\ufeff \t\r\n"))
numbers = st.integers(0, 9999)
anything: st.SearchStrategy[Typed] = st.one_of(
    st.builds(Says, names, said, st.booleans(), st.none() | numbers),
    st.builds(Presses, names, said.filter(bool)),
    st.builds(Edits, names, said, st.none() | numbers),
    st.builds(Withdraws, names, numbers),
    st.builds(Moves, names, numbers, numbers),
    st.builds(Reflects, names, said),
    st.builds(Fills, names, st.integers(0, 9999), said),
    st.builds(ChecksBack, names, st.dates(date(1000, 1, 1))),
)


@given(anything)
def test_what_is_written_is_read_back(typed: Typed) -> None:
    """A form's example, typed as it stands, means what the form means."""
    assert parse(write(typed)) == typed


@given(st.text())
def test_no_line_breaks_the_parser(line: str) -> None:
    """Whatever a cat types, there is an answer; and a refusal has its sentence."""
    meant = parse(line)

    if isinstance(meant, Unreadable):
        assert WORDING.say(f"console.{meant.key}")


@given(st.text(st.sampled_from("Aa1 :>()#'-private edits withdraws moves to checks back on\n")))
def test_no_line_that_looks_like_one_breaks_the_parser(line: str) -> None:
    """Nor does what is almost right."""
    parse(line)


@given(names)
def test_who_somebody_is_does_not_change(name: str) -> None:
    """A name that was made plain is plain."""
    assert who(who(name)) == who(name)


def test_nobodys_words_are_in_what_a_line_shows_of_itself() -> None:
    """A line may get into a traceback; what was said may not."""
    shown = [
        repr(line)
        for line in (
            Says("Ana", "secret"),
            Edits("Ana", "secret"),
            Reflects("Ana", "secret"),
            Fills("Ana", 1, "secret"),
        )
    ]

    assert [text for text in shown if "secret" in text] == []
