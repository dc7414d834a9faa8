import pytest

from tests.client.workflow.recorded import Recorded, load_all


@pytest.fixture(scope="session")
def recorded() -> dict[str, Recorded]:
    return load_all()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "answer" in metafunc.fixturenames:
        answers = load_all()
        metafunc.parametrize("answer", answers.values(), ids=list(answers))
