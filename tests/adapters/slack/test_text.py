"""People's words to Slack's way of writing and back: nothing is lost, and nobody is called."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from adapters.slack.text import escaped, mentions, moment, words_of
from conversations.words import safe
from tests.adapters.slack.texts import TEXTS

BOT = "U0BOT"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It was hard &amp; good", "It was hard & good"),
        ("a &lt; b &gt; c", "a < b > c"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<@U0BOT> help", "help"),
        ("help <@U0BOT|teamleeds>", "help"),
        ("<@U0CAT> was kind", "@colleague was kind"),
        ("<@U0CAT|cat> was kind", "@colleague was kind"),
        ("see <#C0TEAM|team>", "see #team"),
        ("see <#C0TEAM>", "see #channel"),
        ("see <#C0TEAM|>", "see #channel"),
        ("<!channel> and <!here>", "@channel and @here"),
        ("<!subteam^S1|@nurses> met", "@nurses met"),
        ("<!subteam^S1> met", "@subteam met"),
        ("on <!date^1765101600^{date}|Monday>", "on Monday"),
        ("<https://leeds.example>", "https://leeds.example"),
        ("<https://leeds.example|our page>", "our page"),
        ("<mailto:ana@leeds.example|ana@leeds.example>", "ana@leeds.example"),
        ("<mailto:ana@leeds.example>", "ana@leeds.example"),
        ("<tel:116123|116 123>", "116 123"),
        ("  \n words \n ", "words"),
        ("<>", "<>"),
        ("*not* _bold_ :smile:", "*not* _bold_ :smile:"),
        ("<@U0BOT>", ""),
    ],
)
def test_people_are_heard_as_they_wrote(text: str, words: str) -> None:
    """Entities, links and mentions become what the person saw; a colleague's name does not."""
    assert words_of(text, BOT) == words


@given(TEXTS)
def test_what_is_written_for_slack_reads_as_it_was(text: str) -> None:
    """Every sign comes back, and nothing that somebody may write calls anybody."""
    assert words_of(escaped(text), BOT) == safe(text).strip()
    assert "<" not in escaped(text)


@pytest.mark.parametrize("text", ["<@U0BOT> start", "start <@U0BOT|bot>"])
def test_who_speaks_to_the_bot_is_known(text: str) -> None:
    """With or without the label that Slack may add."""
    assert mentions(text, BOT)


@pytest.mark.parametrize("text", ["<@U0BOTTOM> start", "@U0BOT", "&lt;@U0BOT&gt;", "<#U0BOT>", ""])
def test_who_does_not_is_known_too(text: str) -> None:
    """Somebody whose id begins alike, and words that only look like a mention."""
    assert not mentions(text, BOT)


@pytest.mark.parametrize(
    ("ts", "at"),
    [
        ("1765101600.000100", datetime(2025, 12, 7, 10, 0, 0, 100, tzinfo=UTC)),
        ("1765101600", datetime(2025, 12, 7, 10, tzinfo=UTC)),
        ("1765101600.5", datetime(2025, 12, 7, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("1765101600.1234567", datetime(2025, 12, 7, 10, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_a_message_is_as_old_as_its_ts_says(ts: str, at: datetime) -> None:
    """To the microsecond, which tells two messages of one second apart."""
    assert moment(ts) == at


@pytest.mark.parametrize("ts", ["", "soon", "1.x", "0x10"])
def test_a_ts_that_is_none_is_refused(ts: str) -> None:
    """As a ValueError, which whoever parses expects."""
    with pytest.raises(ValueError, match="invalid literal"):
        moment(ts)
