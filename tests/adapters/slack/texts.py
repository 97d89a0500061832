"""What people may write, for tests that try a great many texts."""

from hypothesis import strategies as st

FRAGMENTS = [
    *("It was hard. ", "word ", "\n", "\n\n", "    ", "a", ".", '"', "\\", "'"),
    *("*bold* ", "_soft_ ", "~gone~ ", "`code` ", "> said ", "1. one ", ":smile: ", "[ ] "),
    *("<!channel> ", "<!here>", "<@U0ANA> ", "<#C0TEAM|team>", "<https://x.example|here> ", "&amp; ", "& ", "< ", " >"),
    *("كان الأمر صعبًا ", "日本語", "💪🏽", "👩‍⚕️ ", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "é", "\u00a0", "\u200b"),
]
"""Signs that mean something to Slack, long words, right-to-left, signs that are made of several."""

MOST = 16_000

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
    st.tuples(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=12), st.integers(1, 1_500)).map(
        lambda made: ("".join(made[0]) * made[1])[:MOST]
    ),
)
"""Up to 16,000 letters."""


def letters(text: str) -> str:
    """`text` without its white space."""
    return "".join(text.split())
