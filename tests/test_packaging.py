"""What a user gets: the files of the wheel and the sdist, and that installing and removing them leaves the rest alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.parser import HeaderParser
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mistudio_ext._version import __version__

ROOT = Path(__file__).parents[1]
EXTENSION = "share/jupyter/labextensions/mistudio-labextension"
NEVER = re.compile(
    r"\.map$|build_log\.json$|(^|/)(node_modules|__pycache__|\.venv|\.git|\.mistudio-workspace)(/|$)|\.tsbuildinfo$"
)
HEAVY = {"accelerate", "bitsandbytes", "datasets", "h5py", "safetensors", "tokenizers", "torch", "transformers"}


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, text=True, capture_output=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def copy_of_the_clone(target: Path) -> Path:
    """The files a clone of this working tree would have."""
    try:
        listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).rstrip("\0").split("\0")
    except (AssertionError, FileNotFoundError):
        pytest.skip("this is no git checkout")
    for name in listed:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


class Built:
    def __init__(self, folder: Path, made_in: Path) -> None:
        self.made_in = made_in
        (self.wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(self.wheel) as archive:
            self.in_wheel = {name: archive.read(name) for name in archive.namelist()}
        self.in_sdist: dict[str, bytes] = {}
        for path in folder.glob("*.tar.gz"):
            with tarfile.open(path) as archive:
                for member in archive.getmembers():
                    content = archive.extractfile(member)
                    if content:
                        self.in_sdist[member.name.partition("/")[2]] = content.read()
        self.data = f"mistudio_ext-{__version__}.data/data/"
        self.info = f"mistudio_ext-{__version__}.dist-info/"

    @property
    def requirements(self) -> list[Requirement]:
        """What comes with the package, without its extras."""
        headers = HeaderParser().parsestr(self.in_wheel[self.info + "METADATA"].decode())
        every = [Requirement(line) for line in headers.get_all("Requires-Dist") or []]
        return [each for each in every if "extra" not in str(each.marker)]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Wheel and sdist of a clean copy, made with the tools and node_modules that are here. A long test does it from nothing."""
    if not (ROOT / "node_modules").is_dir() or not all(find_spec(name) for name in ("hatchling", "hatch_jupyter_builder")):
        pytest.skip("needs what `make setup` installs")
    clone = copy_of_the_clone(tmp_path_factory.mktemp("clone"))
    (clone / "node_modules").symlink_to(ROOT / "node_modules")
    tools = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run("npm", "run", "build:prod", cwd=clone, env=tools)
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", out, cwd=clone, env=tools)
    return Built(out, clone)


def check_wheel(built: Built) -> None:
    names = set(built.in_wheel)
    assert not [name for name in names if NEVER.search(name)]
    outside = {name for name in names if not name.startswith(("mistudio_ext/", built.data, built.info))}
    assert not outside
    extension = built.data + EXTENSION
    package = json.loads(built.in_wheel[f"{extension}/package.json"])
    assert (package["name"], package["version"]) == ("mistudio-labextension", __version__)
    assert f"{extension}/{package['jupyterlab']['_build']['load']}" in names
    assert {f"{extension}/static/style.js", f"{extension}/install.json"} <= names
    assert built.data + "etc/jupyter/jupyter_server_config.d/mistudio_ext.json" in names
    for schema in (ROOT / "labextension" / "schema").glob("*.json"):
        assert f"{extension}/schemas/mistudio-labextension/{schema.name}" in names
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mistudio_ext").rglob("*.py")}
    assert {name for name in names if name.startswith("mistudio_ext/") and name.endswith(".py")} == sources
    assert "mistudio_ext/py.typed" in names
    assert built.info + "licenses/LICENSE" in names
    assert b"mistudio = mistudio_ext.cli:main" in built.in_wheel[built.info + "entry_points.txt"]
    place = str(built.made_in).encode()
    assert not [name for name, content in built.in_wheel.items() if place in content]


def test_the_wheel_holds_what_it_should_and_no_more(built: Built) -> None:
    check_wheel(built)


def test_the_sdist_holds_sources_and_the_built_frontend(built: Built) -> None:
    names = set(built.in_sdist)
    assert not [name for name in names if NEVER.search(name)]
    assert {
        "LICENSE",
        "README.md",
        "labextension/src/index.ts",
        "labextension/style/index.css",
        "mistudio_ext/labextension/package.json",
        "mistudio_ext/labextension/static/style.js",
        "package-lock.json",
        "package.json",
        "pyproject.toml",
        "tests/test_packaging.py",
    } <= names
    assert not [name for name in names if name.startswith("labextension/lib/")]
    assert sum(map(len, built.in_sdist.values())) < 12_000_000


def test_requirements_are_wide(built: Built) -> None:
    operators = {canonicalize_name(each.name): {part.operator for part in each.specifier} for each in built.requirements}
    assert {name for name, used in operators.items() if used - {">="}} == {"jupyter-server", "jupyterlab"}
    names = set(operators)
    assert "nvidia-ml-py" in names
    assert "pynvml" not in names
    (bitsandbytes,) = [each for each in built.requirements if each.name == "bitsandbytes"]
    assert bitsandbytes.marker
    for system, machine, wanted in [
        ("linux", "x86_64", True),
        ("linux", "aarch64", True),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", False),
        ("linux", "ppc64le", False),
    ]:
        assert bitsandbytes.marker.evaluate({"sys_platform": system, "platform_machine": machine}) is wanted


def test_one_version() -> None:
    assert json.loads((ROOT / "package.json").read_text())["version"] == __version__
    assert json.loads((ROOT / "package-lock.json").read_text())["version"] == __version__


def test_the_frontend_declares_what_it_imports() -> None:
    """JupyterLab shares only declared packages: one that is merely there would be bundled as a second copy."""
    declared = set(json.loads((ROOT / "package.json").read_text())["dependencies"])
    for path in (ROOT / "labextension" / "src").rglob("*.ts*"):
        if ".spec." in path.name or "testing" in path.parts:
            continue
        for name in re.findall(r"""(?:\bfrom|\bimport\(?)\s*['"]((?:@[\w.-]+/)?[\w-][\w.-]*)""", path.read_text()):
            assert name in declared, path


@pytest.mark.parametrize("folder", [".", "tests/browser"])
def test_lock_files_name_no_registry(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package or package.get("link"), name
    settings = (ROOT / folder / ".npmrc").read_text()
    assert "://" not in settings
    assert not re.search(r"^before", settings, re.MULTILINE)


# ---- the long ones: they install packages from the registry ---------------------


@pytest.fixture(scope="session")
def from_nothing(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """`pip wheel .` in a clean clone, with build isolation, npm and everything."""
    clone = copy_of_the_clone(tmp_path_factory.mktemp("fresh"))
    out = tmp_path_factory.mktemp("wheelhouse")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", out, clone)
    return Built(out, clone)


class Environment:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, with_pip=True)
        # No Node, and nothing of the environment that runs the tests.
        self.variables = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHON", "COV"))}
        self.variables |= {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "JUPYTER_CONFIG_DIR": str(folder / "settings")}

    def run(self, *command: str | Path) -> str:
        return run(self.folder / "bin" / str(command[0]), *command[1:], cwd=self.folder, env=self.variables)

    def files(self) -> set[str]:
        return {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.fixture(scope="session")
def old_lab(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("old-lab"))
    environment.run("pip", "install", "--quiet", "jupyterlab==4.2.*")
    return environment


@pytest.mark.long
def test_pip_wheel_of_a_clean_clone(from_nothing: Built) -> None:
    check_wheel(from_nothing)


@pytest.mark.long
def test_installing_changes_no_jupyter_package(built: Built, old_lab: Environment) -> None:
    there = {
        canonicalize_name(each["name"]): each["version"]
        for each in json.loads(old_lab.run("pip", "list", "--format", "json").splitlines()[0])
    }
    report = old_lab.folder / "report.json"
    old_lab.run("pip", "install", "--quiet", "--dry-run", "--report", report, "-c", ROOT / "constraints.txt", built.wheel)
    coming = {
        canonicalize_name(each["metadata"]["name"]): each["metadata"]["version"]
        for each in json.loads(report.read_text())["install"]
    }
    assert "torch" in coming
    assert there["jupyterlab"].startswith("4.2.")
    moved = {name: (there[name], version) for name, version in coming.items() if name in there}
    assert not [name for name in moved if "jupyter" in name or name.startswith(("nb", "notebook"))], moved


@pytest.mark.long
def test_installs_without_node_and_leaves_nothing(built: Built, old_lab: Environment) -> None:
    light = [str(each) for each in built.requirements if each.name not in HEAVY]
    old_lab.run("pip", "install", "--quiet", *light)
    old_lab.run("jupyter", "labextension", "list")  # JupyterLab writes a configuration of its own at the first look
    before = old_lab.files()
    old_lab.run("pip", "install", "--quiet", "--no-deps", built.wheel)
    extensions = old_lab.run("jupyter", "labextension", "list")
    assert re.search(rf"mistudio-labextension v{re.escape(__version__)} .*enabled.*OK.*\(python, mistudio-ext\)", extensions), (
        extensions
    )
    servers = old_lab.run("jupyter", "server", "extension", "list")
    assert re.search(rf"mistudio_ext {re.escape(__version__)} .*OK", servers), servers
    old_lab.run("mistudio", "--help")
    old_lab.run("pip", "uninstall", "--yes", "--quiet", "mistudio-ext")
    assert {name for name in old_lab.files() - before if not name.startswith("settings")} == set()
