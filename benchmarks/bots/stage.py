"""Everything that is measured on one kind of database."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.bots.subjects import Platform
from benchmarks.bots.turns import Contestant
from benchmarks.places import Kind


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of database, with whoever is measured on it, by a short name; `names` say them in full."""

    kind: Kind
    platform: Platform
    bots: Mapping[str, Contestant]
    names: Mapping[str, str]
