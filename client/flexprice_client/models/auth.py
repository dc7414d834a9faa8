"""Accounts and tokens on the wire."""

from typing import Annotated

from flexprice_client.models.base import Rule, WireModel, WireRequest


class SignUpRequest(WireRequest):
    """A person with a tenant of its own. A password has at least 8 characters."""

    email: Annotated[str, Rule(binding="required,email")]
    password: Annotated[str, Rule(binding="required,min=8")]
    tenant_name: str = ""


class LoginRequest(WireRequest):
    email: Annotated[str, Rule(binding="required,email")]
    password: Annotated[str, Rule(binding="required")]


class AuthResponse(WireModel):
    """`token` is a bearer token of 30 days."""

    token: str
    user_id: str
    tenant_id: str
