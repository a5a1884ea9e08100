"""What importing costs, and that no module hides a name that users type."""

import json
import os
import subprocess
import sys

HEAVY = ("torch", "transformers", "datasets", "h5py", "pandas", "pyarrow", "numpy", "tokenizers", "IPython")

# Every module is imported, in one process; then each name that users type must still be what it was.
WALK = """
import importlib, json, pkgutil
import mistudio_ext as ms
before = {name: getattr(ms, name) for name in ms._LAZY}
for each in pkgutil.walk_packages(ms.__path__, "mistudio_ext."):
    if not each.name.endswith("__main__") and ".labextension" not in each.name:
        importlib.import_module(each.name)
print(json.dumps([name for name in before if getattr(ms, name) is not before[name]]))
print(json.dumps(sorted(set(ms._LAZY) & {each.name for each in pkgutil.iter_modules(ms.__path__)})))
"""


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(each for each in sys.modules if '.' not in each))"
    # Without the measuring of coverage, which loads things of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment)
    return set(done.stdout.split())


def test_importing_loads_nothing_heavy():
    loaded = loaded_after(
        "import mistudio_ext\nmistudio_ext.__version__\ndir(mistudio_ext)\nmistudio_ext._jupyter_labextension_paths()"
    )
    assert not loaded & {*HEAVY, "pydantic", "tinydb", "sqlite3", "jupyter_core"}


def test_the_command_line_says_what_there_is_without_loading_anything():
    loaded = loaded_after("from mistudio_ext.cli import main\nmain(['--help'])")
    assert not loaded & {*HEAVY, "pydantic", "tinydb", "sqlite3"}


def test_handles_and_commands_load_nothing_heavy(tmp_path):
    code = f"import mistudio_ext as ms\nws = ms.open({str(tmp_path / 'w')!r})\nws.datasets()\nms.Dataset, ms.Job\n"
    code += f"from mistudio_ext.cli import main\nmain(['dataset', 'list', '--workspace', {str(tmp_path / 'w')!r}])"
    assert not loaded_after(code) & set(HEAVY)


def test_no_module_hides_a_name_that_users_type():
    done = subprocess.run([sys.executable, "-c", WALK], check=True, capture_output=True, text=True)
    hidden, submodules = map(json.loads, done.stdout.splitlines())
    assert hidden == []
    assert submodules == []


def test_the_names_are_listed_and_unknown_ones_refused():
    import mistudio_ext as ms

    assert {"open", "dataset", "tokenization", "job", "__version__"} <= set(dir(ms))
    assert ms.open.__name__ == "open_workspace"
    assert not hasattr(ms, "training_of_dragons")


def test_jupyter_finds_both_halves():
    import mistudio_ext

    [paths] = mistudio_ext._jupyter_labextension_paths()
    assert paths == {"src": "labextension", "dest": "mistudio-labextension"}
    [point] = mistudio_ext._jupyter_server_extension_points()
    assert point["module"] == "mistudio_ext"
    assert point["app"].__name__ == "MiStudio"
