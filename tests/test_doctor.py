"""`mistudio doctor`: what is broken is said, with its remedy, in the exit code too."""

import json
import sys
import types

import pytest

from mistudio_ext._version import __version__
from mistudio_ext.cli import doctor, main


@pytest.fixture
def jupyter(tmp_path, monkeypatch):
    """A Jupyter of our own, with the extension in place."""
    config, data = tmp_path / "etc", tmp_path / "share"
    (config / "jupyter_server_config.d").mkdir(parents=True)
    half = config / "jupyter_server_config.d" / "mistudio_ext.json"
    half.write_text(json.dumps({"ServerApp": {"jpserver_extensions": {"mistudio_ext": True}}}))
    panels = data / "labextensions" / "mistudio-labextension"
    panels.mkdir(parents=True)
    package = {"name": "mistudio-labextension", "version": __version__, "jupyterlab": {"_build": {"load": "static/x.js"}}}
    (panels / "package.json").write_text(json.dumps(package))
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(config)])
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(data.joinpath(*parts))])
    return types.SimpleNamespace(half=half, package=panels / "package.json")


def state(findings):
    [finding] = findings
    assert finding.state == "ok" or finding.remedy
    return finding.state


def test_both_halves_in_place(jupyter):
    assert state(doctor.server_extension()) == "ok"
    assert state(doctor.labextension()) == "ok"


def test_halves_that_are_missing_disabled_or_of_another_version(jupyter):
    jupyter.half.write_text(json.dumps({"ServerApp": {"jpserver_extensions": {"mistudio_ext": False}}}))
    assert state(doctor.server_extension()) == "broken"
    jupyter.half.unlink()
    assert state(doctor.server_extension()) == "broken"
    package = json.loads(jupyter.package.read_text())
    jupyter.package.write_text(json.dumps(package | {"version": "0.0.1"}))
    assert state(doctor.labextension()) == "broken"
    jupyter.package.unlink()
    assert state(doctor.labextension()) == "broken"


def test_disabled_panels(jupyter, monkeypatch):
    for disabled, expected in (
        (["mistudio-labextension"], "broken"),
        (["mistudio-labextension:jobs"], "warning"),
        (["other"], "ok"),
    ):
        monkeypatch.setattr("jupyterlab_server.config.get_page_config", lambda *_, found=disabled: {"disabledExtensions": found})
        assert state(doctor.labextension()) == expected


def test_packages_are_held_against_what_we_need(monkeypatch):
    monkeypatch.setattr(
        doctor.metadata, "requires", lambda name: ["pydantic>=2", "pytest<1", "no-such-thing>=3", "ghost; extra == 'x'"]
    )
    monkeypatch.setattr(doctor.metadata, "version", lambda name, real=doctor.metadata.version: real(name))
    found = {each.name: each for each in doctor.packages()}
    assert found["pytest"].state == "broken"
    assert "pip install 'pytest<1'" in found["pytest"].remedy
    assert found["no-such-thing"].state == "broken"
    assert "pydantic" in found["Packages"].found
    assert "ghost" not in found


def test_a_package_that_is_not_installed(monkeypatch):
    def missing(name):
        raise doctor.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "requires", missing)
    assert state(doctor.packages()) == "broken"


def test_workspaces(tmp_path, monkeypatch):
    assert {each.state for each in doctor.workspace_folder(str(tmp_path / "w"))} <= {"ok", "warning"}
    (tmp_path / "file").write_text("")
    assert state(doctor.workspace_folder(str(tmp_path / "file"))) == "broken"
    monkeypatch.setattr(doctor, "LITTLE_SPACE", 10**18)
    assert [each.state for each in doctor.workspace_folder(str(tmp_path / "w")) if each.name == "Disk"] == ["warning"]


def test_gpus(monkeypatch):
    class NVMLError(Exception):
        pass

    def absent():
        raise NVMLError("no driver")

    memory = types.SimpleNamespace(free=40e9, total=80e9)
    fake = types.SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda number: number,
        nvmlDeviceGetMemoryInfo=lambda device: memory,
        nvmlDeviceGetName=lambda device: f"H{device}00",
        nvmlSystemGetDriverVersion=lambda: "550",
    )
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    assert [each.found for each in doctor.gpus()] == [f"H{number}00, 40.0 GB of 80.0 GB free, driver 550" for number in (0, 1)]
    fake.nvmlInit = absent
    assert state(doctor.gpus()) == "ok"
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert state(doctor.gpus()) == "warning"


def test_the_exit_code_and_both_forms(ws, jupyter, capsys, monkeypatch):
    monkeypatch.setattr(doctor, "packages", lambda: iter([doctor.Finding("Packages", "ok", "all")]))
    assert main(["doctor", "--workspace", str(ws.root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert {each["name"] for each in told["findings"]} >= {"Python", "Workspace", "Server half", "Panels"}
    jupyter.half.unlink()
    assert main(["doctor", "--workspace", str(ws.root)]) == 1
    shown = capsys.readouterr().out
    assert "✗ Server half" in shown
    assert "→ Install it again" in shown


def test_a_check_that_fails_hides_no_other(ws, jupyter, monkeypatch):
    def broken():
        raise RuntimeError("odd")
        yield

    monkeypatch.setattr(doctor, "labextension", broken)
    found = list(doctor.examine(str(ws.root)))
    assert [each.state for each in found if "odd" in each.found] == ["broken"]
    assert {each.name for each in found} >= {"Workspace", "GPU"}
