"""Builders of calls, one for each kind of answer."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from flexprice_client.errors import UnexpectedResponseError
from flexprice_client.models.base import WireModel
from flexprice_client.resources.operation import Call
from flexprice_client.resources.paging import Page
from flexprice_client.transport.codec import to_plain
from flexprice_client.transport.request import Answer, Request, quote_path

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound=WireModel)

Fields: TypeAlias = Mapping[str, Any]
"""A body or filter as plain JSON, where a model is not wanted."""


def fetch(
    template: str,
    model: type[M],
    query: WireModel | Fields | None = None,
    headers: Mapping[str, str] | None = None,
    **ids: str,
) -> Call[M]:
    """GET of one object or list."""
    return Call(Request("GET", quote_path(template, ids), query=query or {}, headers=headers or {}), _object(model))


def fetch_by(template: str, model: type[M], body: WireModel | Fields, **ids: str) -> Call[M]:
    """GET that takes a body."""
    return Call(Request("GET", quote_path(template, ids), body=body), _object(model))


def post(template: str, model: type[M], body: WireModel | Fields, query: Fields | None = None, **ids: str) -> Call[M]:
    return Call(Request("POST", quote_path(template, ids), query=query or {}, body=body), _object(model))


def put(template: str, model: type[M], body: WireModel | Fields, query: Fields | None = None, **ids: str) -> Call[M]:
    return Call(Request("PUT", quote_path(template, ids), query=query or {}, body=body), _object(model))


def delete(template: str, model: type[M], body: WireModel | Fields | None = None, **ids: str) -> Call[M]:
    """DELETE that answers an object, mostly SuccessResponse."""
    return Call(Request("DELETE", quote_path(template, ids), body=body), _object(model))


def discard(template: str, **ids: str) -> Call[None]:
    """DELETE whose answer says nothing (204, or 200 with an empty body)."""
    return Call(Request("DELETE", quote_path(template, ids)), _nothing)


def fetch_array(template: str, model: type[M], query: WireModel | Fields | None = None, **ids: str) -> Call[list[M]]:
    """GET of a bare array."""
    return Call(Request("GET", quote_path(template, ids), query=query or {}), _array(model))


def fetch_bytes(template: str, **ids: str) -> Call[bytes]:
    """GET of a document."""
    return Call(Request("GET", quote_path(template, ids), headers={"accept": "*/*"}), lambda answer: answer.content)


def raw(request: Request) -> Call[Any]:
    """Any call, read as plain JSON."""
    return Call(request, lambda answer: answer.json())


def with_page(filter_: WireModel | Fields | None, page: Page) -> dict[str, Any]:
    """A filter's own fields with limit and offset of `page`; always both, as leaving out `limit` unlimits some lists."""
    return {**(to_plain(filter_) if filter_ is not None else {}), "limit": page.limit, "offset": page.offset}


def _object(model: type[M]) -> Callable[[Answer], M]:
    return lambda answer: _validate(model, answer.json(), answer)


def _array(model: type[M]) -> Callable[[Answer], list[M]]:
    def read(answer: Answer) -> list[M]:
        value = answer.json()
        if value is None:
            return []
        if not isinstance(value, list):
            raise UnexpectedResponseError("the answer is not an array", status=answer.status, request_id=answer.request_id)
        return [_validate(model, item, answer) for item in value]

    return read


def _nothing(_answer: Answer) -> None:
    return None


def _validate(model: type[M], value: Any, answer: Answer) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        # Places and reasons only: the values may hold secrets.
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'body'}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False, include_context=False)[:5]
        )
        raise UnexpectedResponseError(
            f"the answer is no {model.__name__}: {problems}", status=answer.status, request_id=answer.request_id
        ) from None
