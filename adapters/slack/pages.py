"""The pages that an administrator sees while installing the bot: one sentence or two, and what to do next."""

from html import escape

from aiohttp import web

SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing is loaded from anywhere, and the address, which holds what Slack gave, is told to nobody."""

_STYLE = (
    "body{font:1.125rem/1.5 sans-serif;margin:3rem auto;max-width:34rem;padding:0 1rem;color:#212b32}"
    "a{display:inline-block;padding:.5rem 1rem;border-radius:.25rem;background:#005eb8;color:#fff}"
    "a:focus{outline:.25rem solid #212b32}"
)


def page(title: str, text: str, label: str | None = None, address: str = "") -> str:
    """A page that says `text`, with a link called `label` if there is one. All of it is plain text."""
    link = "" if label is None else f'<p><a href="{escape(address)}">{escape(label)}</a></p>'
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{link}</main></body></html>"
    )


def sealed_off(response: web.Response) -> web.Response:
    """The same response with the headers of every page here; its cookie goes to this site alone."""
    response.charset = "utf-8"  # which bolt takes out
    response.headers.update(SAFE)
    for cookie in response.cookies.values():
        cookie["samesite"] = "Lax"
    return response
