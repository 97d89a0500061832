"""When to try again: growing, jittered, and at some time no more."""

from hypothesis import given
from hypothesis import strategies as st

from bot import backoff


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_between_half_the_step_and_the_step(attempts: int, chance: float) -> None:
    """Never at once, or a platform in trouble gets everybody back together; never longer than was said."""
    for steps in (backoff.MESSAGE, backoff.FORWARD):
        wait = backoff.wait_seconds(steps, attempts, chance)

        assert wait is not None
        assert steps[attempts - 1] / 2 <= wait <= steps[attempts - 1]


def test_the_last_attempt_is_the_last() -> None:
    """After the whole ladder the row is dead, and an organiser decides."""
    assert backoff.wait_seconds(backoff.FORWARD, len(backoff.FORWARD), 0.5) is not None
    assert backoff.wait_seconds(backoff.FORWARD, len(backoff.FORWARD) + 1, 0.5) is None


def test_forwarding_is_tried_for_about_three_days() -> None:
    """survey-store contract, rule 7."""
    assert 3 * 24 * 3600 <= sum(backoff.FORWARD) <= 3.5 * 24 * 3600
