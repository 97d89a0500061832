"""What Teams delivers, as it was recorded, and the same with things broken. Shapes are Teams', ids and words ours."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.canary import WORDS
from tests.peers.teams import TeamsPeer

FOLDER = Path(__file__).parents[2] / "fixtures" / "teams"
DELIVERIES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}

TENANT = "00000000-0000-4000-8000-0000000000a1"
CHANNEL, TEAM = "19:0a1b2c3d4e5f60718293a4b5c6d7e8f9@thread.tacv2", "19:ffeeddccbbaa99887766554433221100@thread.tacv2"
GROUP, OWN = "19:9f8e7d6c5b4a39281706f5e4d3c2b1a0@thread.v2", "a:1Ben-and-the-bot"
BOT, SERVICE = "28:00000000-0000-4000-8000-0000000c0001", "https://smba.trafficmanager.net/emea/"
OPENING = "1796637600118"
CHAT = "6f1d3c528a0e4b7d9c4152e8a7f0d6b3"

Way = tuple[str | int, ...]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["9" * 13, "9" * 5_000, "28:", ";messageid=", "<at", "<span itemid=", "<pre>" * 999, "\ue000"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
"""What JSON can hold in any place."""


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


def here(name: str, peer: TeamsPeer, opening: str) -> Any:  # noqa: ANN401 -- as above
    """A recorded delivery as it would be in the stand-in's own places, under `opening`."""
    heard, group = peer.world.place("heard").id, peer.world.place("group").id
    places = {CHANNEL: heard, TEAM: heard, GROUP: group, OWN: peer.personal("Ben"), OPENING: opening}
    text = json.dumps(DELIVERIES[name])
    for old, new in {**places, BOT: str(peer.app.account["id"]), TENANT: peer.app.tenant}.items():
        text = text.replace(old, new)
    body = json.loads(text)
    body["serviceUrl"] = peer.service_url
    return body


def marked(thing: Any) -> Any:  # noqa: ANN401 -- as above
    """A delivery in which everything that was written is marked."""
    if isinstance(thing, dict):
        return {name: _written(name, value) for name, value in thing.items()}
    return [marked(one) for one in thing] if isinstance(thing, list) else thing


def _written(name: str, value: Any) -> Any:  # noqa: ANN401 -- as above
    if isinstance(value, str) and (name == "field.words" or (name == "text" and "<at>" not in value)):
        return WORDS
    if isinstance(value, str) and name == "content":
        return value.replace("</p>", f" {WORDS}</p>").replace("</div></div>", f" {WORDS}</div></div>")
    return marked(value)


def without(thing: Any, name: str) -> Any:  # noqa: ANN401 -- as above
    """A delivery in which everything of that name is missing."""
    if isinstance(thing, dict):
        return {key: without(value, name) for key, value in thing.items() if key != name}
    return [without(one, name) for one in thing] if isinstance(thing, list) else thing
