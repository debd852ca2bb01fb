"""Find the Chromium, Chrome or Edge that prints the decks."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from coursekit.course.errors import CourseError

VARIABLES = ("COURSEKIT_BROWSER", "CHROME_PATH")
# Asks for nothing on its own, and works as root and in containers.
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)
_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    ("PROGRAMFILES", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"),
    ("LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"),
    ("PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"),
)


def find_browser() -> Path | None:
    """The browser to use, or None if there is none.

    Looks at COURSEKIT_BROWSER and CHROME_PATH, then on the PATH, then where macOS and Windows keep browsers.

    Raises:
        CourseError: if a variable names a file that is not there (Marp would silently take another browser).
    """
    for variable in VARIABLES:
        named = os.environ.get(variable)
        if named:
            if not Path(named).is_file():
                raise CourseError(f"{variable}={named} is not a file: correct the variable or unset it")
            return Path(named)
    for command in _COMMANDS:
        if path := shutil.which(command):
            return Path(path)
    return next((path for path in _usual_places() if path.is_file()), None)


def browser_or_hint() -> tuple[Path | None, str]:
    """The browser and an empty hint, or None and one line that says how to install one on this system."""
    browser = find_browser()
    if browser:
        return browser, ""
    if sys.platform == "darwin":
        how = "brew install --cask chromium"
    elif sys.platform == "win32":
        how = "winget install Google.Chrome (or use Edge, which Windows has)"
    else:
        how = "apt install chromium, dnf install chromium, or pacman -S chromium"
    return None, f"no Chromium, Chrome or Edge found: {how}; or set {VARIABLES[0]} to its path"


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        return [Path(place) for place in _MAC] + [Path.home() / place[1:] for place in _MAC]
    if sys.platform == "win32":
        return [Path(os.environ[variable]) / place for variable, place in _WINDOWS if variable in os.environ]
    return []
