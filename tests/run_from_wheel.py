"""Build the wheel, install it into an environment of its own, and run the tests against it from an empty folder.

Arguments go to pytest; paths of tests among them, as `tests/journeys`, are run instead of all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".tools" / "bin" / "uv"


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command; its failure is ours."""
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def check_whole(wheel: Path) -> None:
    """Fail where a file of the package is not in the wheel, or one is in it that the package does not have."""
    package = ROOT / "src" / "kiban"
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    wanted = {f"kiban/{path.relative_to(package).as_posix()}" for path in files}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("kiban/")}
    if wanted != packed:
        sys.exit(f"The wheel is not the package; in one of them alone: {', '.join(sorted(wanted ^ packed))}.")


def main() -> None:
    """Do it."""
    with tempfile.TemporaryDirectory(prefix="kiban-wheel-") as name:
        folder = Path(name)
        # Run by root, the embedded database runs as another user, who must reach its programs in here.
        folder.chmod(0o755)
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist", cwd=ROOT)
        [wheel] = (folder / "dist").glob("*.whl")
        check_whole(wheel)
        python = folder / "venv" / "bin" / "python"
        run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
        run(
            UV, "pip", "sync", "--quiet", "--python", python, "--require-hashes", ROOT / "requirements.lock", cwd=folder
        )
        run(UV, "pip", "install", "--quiet", "--python", python, "--no-deps", wheel, cwd=folder)
        tests = folder / "tests"
        shutil.copytree(ROOT / "tests", tests, ignore=shutil.ignore_patterns("__pycache__"))
        for part in (
            "docs",
            "benchmarks",
            "examples",
            "README.md",
            "README.ja.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "LICENSE",
        ):
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part)
            elif (ROOT / part).exists():
                shutil.copy(ROOT / part, folder / part)
        shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
        environment = os.environ | {"KIBAN_TEST_DATA": str(ROOT.parent / "shared" / "data")}
        everything = [] if any(each.startswith("tests") for each in sys.argv[1:]) else ["tests"]
        command = [str(python), "-P", "-m", "pytest", "-n", "2", "--dist", "loadfile", *everything, *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=folder, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
