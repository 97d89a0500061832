"""Which buttons are on show, for the room and for each person, so that their words can be typed in place of a press."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.console.render import numbered
from conversations.actions import is_sure
from conversations.messages import Button, Message, buttons_of
from conversations.wording import Wording

FOR_THE_QUESTION = "pass:"
"""The code of a private button about the question that stands: when the next one is asked its words mean that one."""


@dataclass(frozen=True, slots=True)
class Several:
    """More than one button has these words; each has a label of its own."""

    labels: tuple[str, ...]


class OnShow:
    """Remembers what each message offers. The latest post, or the latest private message, with a label counts."""

    def __init__(self) -> None:
        self._posts: dict[str, tuple[Button, ...]] = {}
        self._own: defaultdict[str, dict[str, Button | Several]] = defaultdict(dict)
        self._latest: dict[str, tuple[str, ...]] = {}
        self._to_be_sure: dict[str, Button | None] = {}

    def in_room(self, ref: str, message: Message) -> None:
        """The post `ref` says `message` now; it keeps the place among the others that it had."""
        if ref not in self._posts:
            self._latest.clear()
            for own in self._own.values():
                stale = [words for words, found in own.items() if _is_for_the_question(found)]
                for words in stale:
                    del own[words]
        self._posts[ref] = buttons_of(numbered(message))

    def to_person(self, person: str, message: Message) -> None:
        """`person` was shown `message`, alone."""
        shown = buttons_of(numbered(message))
        self._to_be_sure[person] = next((button for button in shown if is_sure(button.code)), None)
        if not shown:
            return
        own = self._own[person]
        own.update(_several(shown))
        own.update({Wording.bare(button.label): button for button in shown})
        self._latest[person] = tuple(button.label for button in shown)

    def find(self, person: str, words: str) -> Button | Several | None:
        """What `person` presses when they type `words`, if it is on show."""
        bare = Wording.bare(words)
        own = self._own[person].get(bare)
        if own is not None:
            return own
        offered = (button for buttons in reversed(self._posts.values()) for button in buttons)
        return next((button for button in offered if Wording.bare(button.label) == bare), None)

    def labels(self, person: str) -> tuple[str, ...]:
        """What `person` can press: what they were shown since the newest post, then what the room shows, from there."""
        room = (button.label for buttons in reversed(self._posts.values()) for button in buttons)
        return tuple(dict.fromkeys((*self._latest.get(person, ()), *room)))

    def awaits_yes(self, person: str) -> Button | None:
        """The button that does what `person` was asked "sure?" about, if that is the last they were shown."""
        return self._to_be_sure.get(person)


def _several(shown: tuple[Button, ...]) -> Mapping[str, Several]:
    """The numbered labels by what they are without their number."""
    plain: defaultdict[str, list[str]] = defaultdict(list)
    for button in shown:
        words, mark, number = button.label.rpartition(" #")
        if mark and number.isdigit():
            plain[Wording.bare(words)].append(button.label)
    return {words: Several(tuple(labels)) for words, labels in plain.items()}


def _is_for_the_question(found: Button | Several) -> bool:
    return isinstance(found, Button) and found.code.startswith(FOR_THE_QUESTION)
