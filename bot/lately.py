"""What was met lately, as far as memory goes: to tell people once what would nag them twice."""

from collections import OrderedDict
from collections.abc import Hashable

MOST_REMEMBERED = 10_000


class Lately:
    """The last few thousand things."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._met: OrderedDict[Hashable, None] = OrderedDict()

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._met

    def meets(self, thing: Hashable) -> bool:
        """Remember a thing; whether it is new."""
        if thing in self._met:
            return False
        self._met[thing] = None
        if len(self._met) > self._most:
            self._met.popitem(last=False)
        return True
