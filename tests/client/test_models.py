"""What every response model must allow, so that the client can read what the service may leave out."""

import importlib
import pkgutil

import pytest

import flexprice_client.models
from flexprice_client.models.base import Omit, WireModel, WireRequest

for module in pkgutil.iter_modules(flexprice_client.models.__path__):
    importlib.import_module(f"flexprice_client.models.{module.name}")


def every(base: type[WireModel]) -> set[type[WireModel]]:
    """The models below `base` that the package defines; parametrized generics have brackets."""
    below = base.__subclasses__()
    return {model for model in below if "[" not in model.__name__}.union(*(every(model) for model in below))


RESPONSES = sorted((model for model in every(WireModel) if not issubclass(model, WireRequest)), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", RESPONSES, ids=lambda model: model.__name__)
def test_what_may_be_left_out_has_a_default(model: type[WireModel]) -> None:
    required = {
        name for name, field in model.model_fields.items() if field.is_required() and any(isinstance(mark, Omit) for mark in field.metadata)
    }
    assert not required
