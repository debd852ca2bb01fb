"""Finding a browser: variables first, then the PATH, then the usual places; a wrong variable is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.course import browser
from coursekit.course.errors import CourseError


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for variable in browser.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser.sys, "platform", "linux")
    return tmp_path


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_nothing_found() -> None:
    assert browser.find_browser() is None


@pytest.mark.parametrize("variable", browser.VARIABLES)
def test_a_variable_wins_over_the_path(variable: str, monkeypatch: pytest.MonkeyPatch, nothing_installed: Path) -> None:
    executable(nothing_installed / "chromium")
    named = executable(nothing_installed / "elsewhere" / "my-browser")
    monkeypatch.setenv(variable, str(named))
    assert browser.find_browser() == named


@pytest.mark.parametrize("variable", browser.VARIABLES)
def test_a_variable_that_names_no_file_is_an_error(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/no/such/browser")
    with pytest.raises(CourseError, match=f"{variable}=/no/such/browser is not a file: correct the variable"):
        browser.find_browser()


@pytest.mark.parametrize(
    "command",
    [
        *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
        *("microsoft-edge", "microsoft-edge-stable", "msedge"),
    ],
)
def test_commands_on_the_path(command: str, nothing_installed: Path) -> None:
    found = executable(nothing_installed / command)
    assert browser.find_browser() == found


@pytest.mark.parametrize("variable", ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"])
def test_windows_keeps_chrome_in_one_of_three_places(
    variable: str, monkeypatch: pytest.MonkeyPatch, nothing_installed: Path
) -> None:
    monkeypatch.setattr(browser.sys, "platform", "win32")
    monkeypatch.setenv(variable, str(nothing_installed))
    found = executable(nothing_installed / "Google/Chrome/Application/chrome.exe")
    assert browser._usual_places()[0] == found
    assert next(path for path in browser._usual_places() if path.is_file()) == found


@pytest.mark.parametrize("variable", ["PROGRAMFILES", "PROGRAMFILES(X86)"])
def test_windows_comes_with_edge(variable: str, monkeypatch: pytest.MonkeyPatch, nothing_installed: Path) -> None:
    monkeypatch.setattr(browser.sys, "platform", "win32")
    monkeypatch.setenv(variable, str(nothing_installed))
    found = executable(nothing_installed / "Microsoft/Edge/Application/msedge.exe")
    assert found in browser._usual_places()


def test_mac_looks_in_both_application_folders(monkeypatch: pytest.MonkeyPatch, nothing_installed: Path) -> None:
    monkeypatch.setattr(browser.sys, "platform", "darwin")
    monkeypatch.setattr(browser.Path, "home", lambda: nothing_installed)
    places = [path.as_posix() for path in browser._usual_places()]
    assert "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" in places
    assert "/Applications/Chromium.app/Contents/MacOS/Chromium" in places
    assert "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge" in places
    found = executable(nothing_installed / "Applications/Chromium.app/Contents/MacOS/Chromium")
    assert browser.find_browser() == found


@pytest.mark.parametrize(
    ("platform", "how"), [("linux", "apt install chromium"), ("darwin", "brew install"), ("win32", "winget install")]
)
def test_the_hint_says_how_to_install_one_here(platform: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser.sys, "platform", platform)
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    found, hint = browser.browser_or_hint()
    assert found is None
    assert how in hint
    assert "COURSEKIT_BROWSER" in hint


def test_no_hint_where_there_is_a_browser(nothing_installed: Path) -> None:
    found = executable(nothing_installed / "chromium")
    assert browser.browser_or_hint() == (found, "")
