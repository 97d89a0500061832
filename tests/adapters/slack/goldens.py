"""Everything that the product shows in Slack, by name."""

from collections.abc import Mapping
from functools import cache
from itertools import chain

from tests.adapters.slack.golden_messages import Golden, messages
from tests.adapters.slack.golden_views import views


@cache
def goldens() -> Mapping[str, Golden]:
    """All of it."""
    found: dict[str, Golden] = {}
    for name, golden in chain(messages(), views()):
        assert name not in found
        found[name] = golden
    return found
