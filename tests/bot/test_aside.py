"""What is shown beside the answer: nothing that goes wrong there stops anything, and the process's end neither."""

import asyncio

from structlog.testing import capture_logs

from bot.aside import Aside
from bot.outside import Busy

SHOWN = "not_shown"


async def test_the_end_waits_for_what_is_soon_shown() -> None:
    """What was begun before is done then, and what it begins too."""
    shown = []
    ours = Aside(SHOWN)

    async def show(number: int) -> None:
        await asyncio.sleep(0)
        shown.append(number)
        if number:
            ours.soon(show(number - 1))

    ours.soon(show(2))
    await ours.close()

    assert shown == [2, 1, 0]


async def test_the_end_waits_for_nothing_that_takes_long() -> None:
    """Thirty people's receipts behind a call that never ends hold up no process that is to stop."""
    ours = Aside(SHOWN, seconds_at_the_end=0.05)
    begun: list[int] = []
    gone: list[int] = []

    async def show(number: int) -> None:
        begun.append(number)
        try:
            await asyncio.Event().wait()
        finally:
            gone.append(number)

    for number in range(30):
        ours.soon(show(number))
    with capture_logs() as logged:
        await ours.close()

    assert (len(begun), sorted(gone)) == (30, begun)
    assert [(line["event"], line["reason"], line["left"]) for line in logged] == [(SHOWN, "stopping", 30)]


async def test_what_goes_wrong_is_noted_without_anybodys_words() -> None:
    """A refusal by its class, and a bug by its place; the next thing is shown."""
    ours, shown = Aside(SHOWN), []

    async def fail(error: Exception) -> None:
        raise error

    async def show() -> None:
        shown.append("it")

    with capture_logs() as logged:
        ours.soon(fail(Busy("throttled")))
        ours.soon(fail(ValueError("It wears me out")))
        ours.soon(show())
        await ours.settled()

    assert [(line["log_level"], line["kind"]) for line in logged] == [("info", "Busy"), ("error", "ValueError")]
    assert ("wears" in str(logged), shown) == (False, ["it"])
