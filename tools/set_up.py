"""Make `.venv` and install what a command of the Makefile needs: `python3 tools/set_up.py demo|test`.

Needs nothing but Python's standard library. What is already there is left alone, so a second run takes moments.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"demo": "requirements.lock", "test": "requirements-dev.lock"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A face that holds Chinese characters, by how its file is called.
FACES = ("wqy", "notosanscjk", "notoserifcjk", "sourcehan")


def main() -> int:
    """Set up for one purpose; 1 with a sentence when the machine lacks something that we may not install."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else ""
    if purpose not in LOCKS:
        print(__doc__)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's Python may be older
        return complain("需要 Python 3.11 或更高版本。", "Python 3.11 or newer is needed: make demo PYTHON=python3.12")
    if not make_environment() or not install(purpose):
        return 1
    run(str(PYTHON), "-m", "gongzhi.console.building")
    if purpose == "test":
        install_browser()
    return 0


def make_environment() -> bool:
    """Have a virtual environment with pip, installing Debian's venv package where we may."""
    if PYTHON.exists() and works(str(PYTHON), "-m", "pip", "--version"):
        return True
    if VENV.exists():
        # A run that was interrupted leaves one without pip.
        shutil.rmtree(VENV)
    say("建立 .venv …… making .venv")
    if works(sys.executable, "-m", "venv", str(VENV)):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if apt_install("python3-venv", version) and works(sys.executable, "-m", "venv", str(VENV)):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    complain("这台机器的 Python 没有 venv。", f"Python lacks venv. As root: apt-get install {version}")
    return False


def install(purpose: str) -> bool:
    """Install the locked packages and the product itself, unless that was done from the same files."""
    lock = ROOT / LOCKS[purpose]
    stamp = VENV / f"set-up-{purpose}.json"
    facts = {
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest(),
        "project": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
        "place": str(ROOT),
    }
    if stamp.exists() and stamp.read_text() == json.dumps(facts):
        return True
    say(f"安装 {lock.name} …… installing {lock.name}")
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    if not run(*pip, "--require-hashes", "-r", str(lock)):
        complain("安装依赖失败。", "The packages could not be installed; is the package index reachable?")
        return False
    # The checkout itself, built with the setuptools that the lock brought: nothing more is fetched.
    if not run(*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)):
        complain("安装本程序失败。", "The product itself could not be installed.")
        return False
    # The other purpose's stamp may no longer be true: its lock may ask for other versions.
    for other in VENV.glob("set-up-*.json"):
        other.unlink()
    stamp.write_text(json.dumps(facts))
    return True


def install_browser() -> None:
    """Chromium and a Chinese face for the browser tests; those tests fail in words without them."""
    wanted = []
    if not any(map(shutil.which, BROWSERS)):
        wanted.append("chromium")
    if not any(chinese(path) for path in Path("/usr/share/fonts").rglob("*.tt[cf]")) and not any(
        chinese(path) for path in Path("/usr/share/fonts").rglob("*.otf")
    ):
        wanted.append("fonts-wqy-microhei")
    if wanted and not apt_install(*wanted):
        words = " ".join(wanted)
        complain(f"浏览器测试需要 {words}。", f"The browser tests need {words}. As root: apt-get install {words}")


def chinese(path: Path) -> bool:
    """Whether a font file is one of the Chinese faces that we know."""
    name = path.name.lower().replace("-", "")
    return any(face in name for face in FACES)


def apt_install(*packages: str) -> bool:
    """Install Debian packages as root or by a sudo that asks no password; whether it was done."""
    if shutil.which("apt-get") is None:
        return False
    before: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None or not works("sudo", "-n", "true"):
            return False
        before = ["sudo", "-n"]
    say(f"用 apt 安装 {' '.join(packages)} …… installing by apt")
    quiet = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    works(*quiet, "update")
    known = [name for name in packages if works("apt-cache", "show", name)]
    return bool(known) and run(*quiet, "install", "-y", "--no-install-recommends", *known, output=subprocess.DEVNULL)


def works(*words: str) -> bool:
    """Whether a command succeeds, silently."""
    try:
        return run(*words, output=subprocess.DEVNULL, errors=subprocess.DEVNULL)
    except OSError:
        return False


def run(*words: str, output: int | None = None, errors: int | None = None) -> bool:
    """Run a command in the checkout; whether it succeeded."""
    done = subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, check=False
    )
    return done.returncode == 0


def say(words: str) -> None:
    """Tell what takes a while."""
    print(words, file=sys.stderr, flush=True)


def complain(chinese_words: str, english_words: str) -> int:
    """Say what is missing, in both languages; the exit code for it."""
    say(f"{chinese_words} {english_words}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
