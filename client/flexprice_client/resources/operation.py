"""One description of an operation, for both clients.

An operation is a plain function that builds a `Call`: what to send, and how to read the answer. As a member of a blocking resource it
is a method that returns the result; of an awaiting one, a coroutine. Both have the arguments of the function.

    class CustomersOperations:
        @operation
        def get(self, customer_id: str) -> Call[CustomerResponse]:
            return fetch("/customers/{id}", CustomerResponse, id=customer_id)

    class Customers(CustomersOperations, SyncResource): ...
    class AsyncCustomers(CustomersOperations, AsyncResource): ...
"""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

from flexprice_client.models.base import ListResponse
from flexprice_client.resources.paging import Page, Walk
from flexprice_client.transport.request import Answer, Request

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Call(Generic[T]):
    """What to send and how to read the answer. `read` raises UnexpectedResponseError."""

    request: Request
    read: Callable[[Answer], T]


class SyncResource:
    """Operations that block."""

    def __init__(self, send: Callable[[Request], Answer]) -> None:
        self.send = send


class AsyncResource:
    """Operations to await."""

    def __init__(self, send: Callable[[Request], Awaitable[Answer]]) -> None:
        self.send = send


class operation(Generic[P, T]):  # noqa: N801 - used as a decorator
    """A method of both kinds of resource, from a function that builds its call."""

    def __init__(self, build: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> "operation[P, T]": ...
    @overload
    def __get__(self, instance: SyncResource, owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: AsyncResource, owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        return (_awaiting if isinstance(instance, AsyncResource) else _blocking)(self.build, instance)


class paged(Generic[P, T]):  # noqa: N801 - used as a decorator
    """An iterator over all items of a list, from a function that builds the call of one page.

    Pages are asked for as they are needed. The items of a list that changes meanwhile may repeat or be missed.
    """

    def __init__(self, build: Callable[Concatenate[Any, Page, P], Call[ListResponse[T]]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> "paged[P, T]": ...
    @overload
    def __get__(self, instance: SyncResource, owner: type[Any]) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, instance: AsyncResource, owner: type[Any]) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        return (_awaiting_pages if isinstance(instance, AsyncResource) else _blocking_pages)(self.build, instance)


def _blocking(build: Callable[..., Call[T]], resource: SyncResource) -> Callable[..., T]:
    @functools.wraps(build)
    def run(*args: Any, **kwargs: Any) -> T:
        call = build(resource, *args, **kwargs)
        return call.read(resource.send(call.request))

    return cast("Callable[..., T]", run)


def _awaiting(build: Callable[..., Call[T]], resource: AsyncResource) -> Callable[..., Coroutine[Any, Any, T]]:
    @functools.wraps(build)
    async def run(*args: Any, **kwargs: Any) -> T:
        call = build(resource, *args, **kwargs)
        return call.read(await resource.send(call.request))

    return cast("Callable[..., Coroutine[Any, Any, T]]", run)


def _blocking_pages(build: Callable[..., Call[ListResponse[T]]], resource: SyncResource) -> Callable[..., Iterator[T]]:
    @functools.wraps(build)
    def run(*args: Any, **kwargs: Any) -> Iterator[T]:
        walk = Walk()
        while walk.page is not None:
            call = build(resource, walk.page, *args, **kwargs)
            yield from walk.take(call.read(resource.send(call.request)))

    return cast("Callable[..., Iterator[T]]", run)


def _awaiting_pages(build: Callable[..., Call[ListResponse[T]]], resource: AsyncResource) -> Callable[..., AsyncIterator[T]]:
    @functools.wraps(build)
    async def run(*args: Any, **kwargs: Any) -> AsyncIterator[T]:
        walk = Walk()
        while walk.page is not None:
            call = build(resource, walk.page, *args, **kwargs)
            for item in walk.take(call.read(await resource.send(call.request))):
                yield item

    return cast("Callable[..., AsyncIterator[T]]", run)
