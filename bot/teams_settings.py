"""Teams' part of the settings: what one app may be told, and what goes together. bot.settings reads it.

No sentence shows a value: some of these are secrets.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, FilePath, SecretStr
from pydantic_settings import NoDecode

from bot.setting_kinds import ADDRESS, Name, Secret, address, once, page, several, told

LOGIN = "https://login.microsoftonline.com/"
OPENID = "https://login.botframework.com/v1/.well-known/openidconfiguration"
YES = "true"
LONGEST_PEM = 1_000_000
OWN_IDENTITY = ("app_password", "certificate", "managed_identity")
"""By what an app shows who it is: exactly one of them."""
_ID = "an id such as 12345678-90ab-cdef-1234-567890abcdef"


def _id(said: str) -> str:
    """An id of Microsoft's, as Teams writes it."""
    return str(UUID(said))


def _home(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) else value


def _pem(path: Path) -> Path:
    try:
        written = path.read_bytes() if path.stat().st_size <= LONGEST_PEM else b""
    except OSError:  # it is not ours to read
        written = b""
    if b"-----BEGIN CERTIFICATE-----" not in written or b"PRIVATE KEY-----" not in written:
        raise ValueError
    return path


def _identity(value: object) -> object:
    """`true` for the only identity there is, an id for one of several; `false` is as good as nothing."""
    said = str(value).strip().lower()
    return {YES: YES, "false": None}.get(said, said) if isinstance(value, str | bool) else value


def _identity_id(said: str) -> str:
    return said if said == YES else _id(said)


def _switch(value: object) -> object:
    """TOML's own words for a switch are taken too."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else _lower(value)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _ids(said: tuple[str, ...]) -> tuple[str, ...]:
    if not said:
        raise ValueError
    return once(tuple(_id(one) for one in said))


AppId = Annotated[
    Annotated[str, AfterValidator(_id)] | None,
    told("The bot's *Microsoft App ID* on the page *Configuration* of the Azure Bot.", _ID),
]
TenantId = Annotated[
    Annotated[str, AfterValidator(_id)] | None,
    told("The organisation that the app is registered in: *App Tenant ID*, on the same page.", _ID),
]
AppPassword = Annotated[
    Secret | None,
    told(
        "The *Value* of a client secret of the app. Set this, a certificate or a managed identity.",
        "a secret without spaces",
    ),
]
Certificate = Annotated[
    Annotated[FilePath, BeforeValidator(_home), AfterValidator(_pem)] | None,
    told(
        "In place of a client secret: a PEM file with a certificate of the app and its private key.",
        "the path of a PEM file with a certificate and its private key",
    ),
]
ManagedIdentity = Annotated[
    Annotated[str, AfterValidator(_identity_id)] | None,
    BeforeValidator(_identity),
    told(
        "In place of a client secret, in Azure (a virtual machine, App Service, Container Apps): its managed identity.",
        f"true, or the identity's client id ({_ID})",
    ),
]
AllowedTenants = Annotated[
    Annotated[tuple[str, ...], AfterValidator(_ids)] | None,
    NoDecode,
    BeforeValidator(several),
    told(
        "The organisations whose people may use the bot. Without it: the one that the app is registered in.",
        "tenant ids, with commas between",
    ),
]
Auth = Annotated[
    Literal["on", "off"],
    BeforeValidator(_switch),
    told(
        "`off` takes whatever arrives for Teams', and sends without a token: to try the bot out on one machine, with"
        " no app registered. The server then listens on this machine only.",
        "on or off",
    ),
]
LoginUrl = Annotated[
    Annotated[str, AfterValidator(address)],
    told("Where the bot gets its tokens. Only tests and national clouds need another.", ADDRESS),
]
OpenIdUrl = Annotated[
    Annotated[str, AfterValidator(page)],
    told("Where it says which keys prove that a delivery comes from Teams. As above.", ADDRESS),
]


class TeamsApp(BaseModel):
    """One Teams app. The unnamed one, whose name is empty, is what the variables say."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Name
    app_id: AppId = None
    tenant_id: TenantId = None
    app_password: AppPassword = None
    certificate: Certificate = None
    managed_identity: ManagedIdentity = None
    allowed_tenants: AllowedTenants = None
    auth: Auth = "on"
    login_url: LoginUrl = LOGIN
    openid_url: OpenIdUrl = OPENID

    @property
    def guarded(self) -> bool:
        """Whether what arrives has to prove that it comes from Teams."""
        return self.auth == "on"

    @property
    def tenants(self) -> frozenset[str]:
        """The organisations whose people may use it."""
        own = () if self.tenant_id is None else (self.tenant_id,)
        return frozenset(self.allowed_tenants or own)


def host_of_identities() -> tuple[str, SecretStr] | None:
    """Where Azure's App Service and Container Apps give an identity's tokens, and what lets us ask; else None.

    They set these two variables themselves, by these names.
    """
    url, shown = os.environ.get("IDENTITY_ENDPOINT"), os.environ.get("IDENTITY_HEADER")
    return (url, SecretStr(shown)) if url and shown else None


def mistakes(app: TeamsApp, called: Callable[[str], str]) -> Iterator[str]:
    """What does not go together in `app`, a sentence each. `called` names its fields."""
    if not app.guarded:
        return
    if app.app_id is None:
        yield (
            f"{called('app_id')} must be set: without it nobody could tell whether what arrives comes from Teams."
            f" To try the bot out on this machine alone, set {called('auth')} to off."
        )
    if app.tenant_id is None:
        yield f"{called('tenant_id')} must be set: the organisation that the app is registered in."
    identities = [name for name in OWN_IDENTITY if getattr(app, name) is not None]
    if len(identities) > 1:
        yield f"Set {called(identities[0])} or {called(identities[1])}, not both: the app has one way to say who it is."
    if not identities:
        password, certificate, managed = (called(name) for name in OWN_IDENTITY)
        yield f"Set {password}, {certificate} or {managed}: the app needs one way to say who it is."
