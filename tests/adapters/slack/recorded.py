"""What Slack delivers, as it was recorded, and the same with things broken. Shapes are Slack's, ids and words ours."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

FOLDER = Path(__file__).parents[2] / "fixtures" / "slack"
DELIVERIES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}

BOT_USER, BOT = "U0LEEDSBOT", "B1CHATS"
CHAT = "6f1d3c52-8a0e-4b7d-9c41-52e8a7f0d6b3"
CHAT_HEX = CHAT.replace("-", "")
OPENING = "1796637600.118309"

Way = tuple[str | int, ...]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["9" * 20, "9" * 5_000, "-1.-1", "1.", ".1", "<@U0LEEDSBOT|", "<!>", "<" * 50_000, "say::opening"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
"""What JSON can hold in any place."""


def events() -> set[str]:
    """The names of the deliveries that are events."""
    return {name for name, body in DELIVERIES.items() if body.get("type") == "event_callback"}


def ways(body: Any, before: Way = ()) -> list[Way]:  # noqa: ANN401 -- what JSON holds
    """The way to each place in `body`, itself not."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [way for key, value in inside for way in [(*before, key), *ways(value, (*before, key))]]


@st.composite
def broken(draw: st.DrawFn, bodies: Sequence[Any]) -> Any:  # noqa: ANN401 -- as above
    """One of `bodies` in which some places hold something else, or are gone."""
    body = json.loads(json.dumps(draw(st.sampled_from(bodies))))
    for _ in range(draw(st.integers(1, 3))):
        found = ways(body)
        if found:
            _break(body, draw(st.sampled_from(found)), draw)
    return body


def _break(body: Any, way: Way, draw: st.DrawFn) -> None:  # noqa: ANN401 -- as above
    for key in way[:-1]:
        body = body[key]
    if draw(st.booleans()):
        del body[way[-1]]
    else:
        body[way[-1]] = draw(JUNK)
