"""A survey that people open themselves: they get a link, and the bot sends nothing."""

from uuid import UUID

from adapters.survey.handoff import Handoff, link
from bot.outbox import Status
from tests.adapters.survey.events import response, withdrawn


async def test_the_bot_sends_nothing() -> None:
    """It ends at handed over, whatever happened to the response."""
    handoff = Handoff()

    for event in (response(1), withdrawn(response(1))):
        assert await handoff.submit(event) is Status.HANDED_OVER
    assert handoff.held() is None
    await handoff.close()


def test_a_link_carries_the_key_and_nothing_else() -> None:
    """Where the survey's own address has its place for it."""
    assert (
        link("https://survey.example/index.php/1?key={key}&lang=en", UUID(int=7))
        == "https://survey.example/index.php/1?key=00000000-0000-0000-0000-000000000007&lang=en"
    )
