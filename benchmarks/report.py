"""Figures, printed as they come, each with what was wanted of it."""

from dataclasses import dataclass, field

NAME, VALUE = 44, 34


@dataclass(frozen=True, slots=True)
class Wanted:
    """A bound that a figure is to keep. `limit` says what keeps a figure from it, once it is missed."""

    bound: float
    at_least: bool
    unit: str = ""
    or_equal: bool = False
    """Whether the bound itself is good enough for what is to stay below it."""

    def kept(self, value: float) -> bool:
        """Whether `value` is as good as was wanted."""
        if self.at_least:
            return value >= self.bound
        return value < self.bound or (self.or_equal and value == self.bound)

    def verdict(self, value: float) -> str:
        """Met, or missed by how much."""
        side = "at least" if self.at_least else "at most" if self.or_equal else "under"
        wanted = f"wanted {side} {self.bound:,g}{self.unit}"
        if self.kept(value):
            return f"{wanted}: met"
        if not self.bound:
            return f"{wanted}: MISSED"
        return f"{wanted}: MISSED by {abs(value - self.bound) / self.bound:.0%}"


@dataclass(slots=True)
class Report:
    """One run's figures."""

    missed: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """Say what follows."""
        print(f"\n{text}", flush=True)

    def line(self, name: str, value: str) -> None:
        """One figure of which nothing was wanted."""
        print(f"  {name:{NAME}}  {value}", flush=True)

    def wanted(self, name: str, shown: str, value: float, wanted: Wanted, limit: str = "") -> None:
        """One figure of which something was wanted; `limit` says what limits it, for when it is missed."""
        print(f"  {name:{NAME}}  {shown:{VALUE}}  {wanted.verdict(value)}", flush=True)
        if not wanted.kept(value):
            self.missed.append(f"{name}: {shown}; {wanted.verdict(value)}{f'. {limit}' if limit else ''}")

    def end(self) -> None:
        """Say what was missed, and what limits it."""
        if self.missed:
            print("\nMissed:")
            for line in self.missed:
                print(f"  {line}")
        else:
            print("\nEverything that was wanted is met.")


def at_least(bound: float, unit: str = "") -> Wanted:
    """A figure that is to reach `bound`."""
    return Wanted(bound, at_least=True, unit=unit)


def under(bound: float, unit: str = "") -> Wanted:
    """A figure that is to stay below `bound`."""
    return Wanted(bound, at_least=False, unit=unit)


def at_most(bound: float, unit: str = "") -> Wanted:
    """A figure that is not to be above `bound`."""
    return Wanted(bound, at_least=False, unit=unit, or_equal=True)
