"""The bot's sentences from their YAML file: sections of keys, each a sentence or one that depends on a count."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag

from conversations.wording import Counted, Sentence, Wording
from storage.yaml_files import Document, Place, Strict, check, read

Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class _Counted(Strict):
    other: Words
    one: Words | None = None
    none: Words | None = None


def _shape(said: object) -> str:
    return "counted" if isinstance(said, dict | _Counted) else "sentence"


_Sentence = Annotated[Annotated[Words, Tag("sentence")] | Annotated[_Counted, Tag("counted")], Discriminator(_shape)]
_Section = dict[str, _Sentence]


class _Wording(Strict):
    """`button` and `typed` are known; every other section is the engine's to name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, _Section] = Field(init=False)
    button: dict[str, Words]
    typed: dict[str, list[Words]]


def load_wording(path: Path) -> Wording:
    """The wording in the file at `path`. Raises BadFile."""
    document = read(path)
    said = check(_Wording, document)
    sections: dict[str, Mapping[str, str | _Counted]] = {"button": said.button, **said.__pydantic_extra__}
    sentences: dict[str, Sentence] = {}
    for section, keys in sections.items():
        for key, sentence in keys.items():
            _refuse_wrong_braces(sentence, (section, key), document)
            sentences[f"{section}.{key}"] = Counted(**dict(sentence)) if isinstance(sentence, _Counted) else sentence
    return Wording(sentences, _typed(said, document))


def _typed(said: _Wording, document: Document) -> Mapping[str, str]:
    meanings: dict[str, str] = {}
    for button, words in said.typed.items():
        if button not in said.button:
            raise document.bad(("typed", button), f"there is no button ‘{button}’; add it or correct the name")
        for number, word in enumerate(words):
            other = meanings.setdefault(Wording.bare(word), button)
            if other != button:
                reason = f"‘{word}’ is typed for ‘{other}’ too; a word may mean one thing, so take one out"
                raise document.bad(("typed", button, number), reason)
    return meanings


def _refuse_wrong_braces(sentence: str | _Counted, place: Place, document: Document) -> None:
    for text in (sentence,) if isinstance(sentence, str) else (sentence.none, sentence.one, sentence.other):
        try:
            plain = all(name.isidentifier() for name in _names(text or ""))
        except ValueError:
            plain = False
        if not plain:
            raise document.bad(place, f"‘{place[-1]}’ has a brace that is wrong; write a fact as a name in braces")


def _names(text: str) -> Iterator[str]:
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None:
            yield "" if form or conversion else name
