"""Words come out of Teams as the person typed them, however Teams sends them."""

import pytest

from adapters.teams.text import addresses, has_pictures, words_of
from tests.peers.teams_activities import Style
from tests.peers.teams_sending import Done
from tests.peers.teams_stage import teams_stage

TYPED = [
    "It was hard.",
    "Hard & good, 3 < 4 > 2",
    "One line\nand another",
    "two  spaces and more",
    "Tired 😀 but proud 👍🏽",
    "*not bold* _nor this_ [nor](this)",
    "<b>no tag</b> &amp; no entity",
    "كان الأمر صعبًا",
    "the team of Leeds Chats is not the bot",
]
STYLES: list[Style] = ["plain", "escaped", "html"]


async def heard(text: str, style: Style, *, mention: bool = True, quoting: bool = False) -> tuple[Done, str]:
    """Have Ana write in the group chat; gives what was told, and the bot's id."""
    async with teams_stage() as stage:
        before = await stage.peer.say("Ben", "group", "Ben's own words", mention=True)
        said = await stage.peer.say(
            "Ana", "group", text, mention=mention, style=style, quoting=before.id if quoting else None
        )
        return said, stage.peer.app.account["id"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", TYPED)
async def test_words_are_as_they_were_typed(text: str, style: Style) -> None:
    """Signs, lines, spaces and emoji stand, and our own name is gone."""
    said, bot = await heard(text, style)
    activity = said.deliveries[0].activity

    assert words_of(activity, bot) == text
    assert addresses(activity, bot)


async def test_people_are_not_named() -> None:
    """Whom somebody mentions is nobody's business but the room's."""
    said, bot = await heard("Thank you <at>Ben</at> for the cake", "html")

    assert words_of(said.deliveries[0].activity, bot) == "Thank you @colleague for the cake"


async def test_a_quoted_message_is_not_an_answer() -> None:
    """Somebody else's words stand above an answer, and are not part of it."""
    said, bot = await heard("I agree", "html", quoting=True)

    assert words_of(said.deliveries[0].activity, bot) == "I agree"


@pytest.mark.parametrize("style", STYLES)
async def test_without_the_html_the_text_does(style: Style) -> None:
    """Some clients send no HTML."""
    said, bot = await heard("It was hard", style)

    assert words_of({**said.deliveries[0].activity, "attachments": []}, bot).endswith("It was hard")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I think {bot} that it was hard", "I think that it was hard"),
        ("It was hard, {bot}.", "It was hard."),
        ("It was hard {bot}!", "It was hard!"),
        ("{bot}, next", "next"),
        ("{bot}: next", "next"),
        ("next {bot}", "next"),
        ("{bot} {bot} next", "next"),
        ("{bot} it was {bot} hard", "it was hard"),
        ("({bot}) it was hard", "() it was hard"),
        ("it was hard,{bot} and long", "it was hard,and long"),
        ("{bot}", ""),
        ("{bot} thank <at>Ben</at>, and <at>Cat</at>", "thank @colleague, and @colleague"),
        ("<at>Ben</at> and {bot} know", "@colleague and know"),
        ("One\n{bot} two", "One\ntwo"),
    ],
)
async def test_our_name_takes_no_words_along(said: str, meant: str, style: Style) -> None:
    """Wherever it stands, however often, and whatever sign follows it."""
    told, bot = await heard(said.replace("{bot}", "<at>Team Leeds Chats</at>"), style, mention="{bot}" not in said)

    assert words_of(told.deliveries[0].activity, bot) == meant


BOT = "28:bot"


def of_html(html: str) -> str:
    """The words of a message with this HTML."""
    return words_of({"text": "other", "attachments": [{"contentType": "text/html", "content": html}]}, BOT)


@pytest.mark.parametrize(
    ("html", "meant"),
    [
        ("<p>One</p>\n<p>Two</p>", "One\nTwo"),
        ("<p>One</p>\n<p>&nbsp;</p>\n<p>Two</p>", "One\n\nTwo"),
        ("<div><div>One<br>\nTwo</div>\n</div>", "One\nTwo"),
        ("<div>One<div>Two</div></div>", "One\nTwo"),
        ("<p>So</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<p>end</p>", "So\n- one\n- two\nend"),
        ("<ol><li>one<ul><li>in</li></ul></li><li>two</li></ol>", "1. one\n  - in\n2. two"),
        ("<pre><code>a  =  1\n  b</code></pre>", "a  =  1\n  b"),
        ('<codeblock class="Python"><code>if a:<br>&nbsp; b</code></codeblock>', "if a:\n  b"),
        ("<p>two&nbsp; spaces&nbsp;</p>", "two  spaces"),
        ("<p><b>a</b><i>b</i> <s>c</s> <u>d</u></p>", "ab c d"),
        ("<p>3 &lt; 4 &amp;amp; &#8217;</p>", "3 < 4 &amp; \u2019"),
        ('<p>Good <img alt="🙂" itemtype="http://schema.skype.com/Emoji" src="x"></p>', "Good 🙂"),
        ('<p>Look<img alt="image" itemtype="http://schema.skype.com/AMSImage" src="x"></p>', "Look"),
        ('<p>Look</p><attachment id="1"></attachment>', "Look"),
        ("<blockquote><p>Somebody's words</p></blockquote><p>mine</p>", "Somebody's words\nmine"),
        ('<blockquote itemtype="http://schema.skype.com/Reply"><p>theirs</p></blockquote><p>mine</p>', "mine"),
        ("<table><tr><td>one</td></tr><tr><td>two</td></tr></table>", "one\ntwo"),
        ("<p>no end", "no end"),
        ("", ""),
    ],
)
def test_html_comes_out_as_it_was_typed(html: str, meant: str) -> None:
    """Lines, lists, code, signs and emoji stand; pictures and what others said do not."""
    assert of_html(html) == meant


def test_a_picture_is_noticed() -> None:
    """Though it has no words that we could take."""
    picture = '<p><img alt="image" itemtype="http://schema.skype.com/AMSImage" src="x"></p>'

    assert has_pictures({"attachments": [{"contentType": "text/html", "content": picture}]})
    assert has_pictures({"attachments": [{"contentType": "image/*"}]})
    assert not has_pictures({"attachments": [{"contentType": "text/html", "content": "<p></p>"}]})


def test_a_sign_that_stands_for_us_is_nobodys() -> None:
    """What somebody types is never taken for our name."""
    assert words_of({"text": "one \ue000 two"}, BOT) == "one  two"


@pytest.mark.parametrize("junk", [{}, {"text": None}, {"attachments": [{}]}, {"entities": [{"type": "mention"}]}])
def test_junk_has_no_words(junk: dict[str, object]) -> None:
    """What Teams never writes is nobody's answer."""
    assert words_of(junk, "28:bot") == ""
    assert not addresses(junk, "28:bot")
