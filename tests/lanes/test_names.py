"""Which workers there are for what runs a language model: one a GPU, or one on the CPU."""

from __future__ import annotations

import pytest

from mistudio_ext.lanes import gpus, names

FIRST, SECOND = "GPU-11111111-2222-3333-4444-555555555555", "GPU-66666666-7777-8888-9999-aaaaaaaaaaaa"


class Nvml:
    """The driver's library, with the answers that a machine with two GPUs has given."""

    class NVMLError(Exception):
        pass

    def __init__(self, uuids: tuple[str, ...] | None):
        self._uuids = uuids

    def nvmlInit(self) -> None:  # noqa: N802 - the library's own names, here and below
        if self._uuids is None:
            raise self.NVMLError("NVML Shared Library Not Found")

    def nvmlShutdown(self) -> None:  # noqa: N802
        pass

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self._uuids or ())

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetUUID(self, handle: int) -> str:  # noqa: N802
        assert self._uuids
        return self._uuids[handle]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def with_gpus(*uuids: str, driver: bool = True, visible: str | None = None) -> None:
        monkeypatch.setitem(__import__("sys").modules, "pynvml", Nvml(uuids if driver else None))
        monkeypatch.setattr(gpus, "_known", None)
        if visible is None:
            monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        else:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    return with_gpus


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, (f"gpu-{FIRST}", f"gpu-{SECOND}")),
        ("1", (f"gpu-{SECOND}",)),
        ("1,0", (f"gpu-{SECOND}", f"gpu-{FIRST}")),
        ("GPU-6666", (f"gpu-{SECOND}",)),
        ("", ("main",)),
        ("-1", ("main",)),
    ],
)
def test_there_is_one_worker_a_gpu(machine, visible: str | None, expected: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    machine(FIRST, SECOND, visible=visible)
    assert names.names_of("gpu") == expected


def test_without_a_driver_there_is_one_worker_on_the_cpu(machine) -> None:  # type: ignore[no-untyped-def]
    machine(driver=False)
    assert names.names_of("gpu") == ("main",)


def test_a_gpus_worker_sees_that_gpu_alone(machine) -> None:  # type: ignore[no-untyped-def]
    machine(FIRST, SECOND)
    name = names.names_of("gpu")[1]
    assert names.environment(name) == {"CUDA_VISIBLE_DEVICES": SECOND}
    assert names.kind_of(name) == names.kind_of("main") == "gpu"
    assert names.is_name(name)


@pytest.mark.parametrize("name", ["gpu-", "gpu-GPU-../../x", "io-3", "", "gpu-GPU-11111111\n"])
def test_other_words_name_no_worker(name: str) -> None:
    assert not names.is_name(name)
