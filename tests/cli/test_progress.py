"""Bars are for terminals only."""

from __future__ import annotations

import sys

import pytest

from harsanyi_aux.cli.progress import bar, busy


@pytest.mark.parametrize("terminal", [False, True])
def test_bars_show_on_terminals_alone(terminal, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm")
    with bar("cells") as advance:
        advance(3, None)
        advance(3, 7, "[b]left[/b]")
    with bar("proved", share=True) as advance:
        advance(0.25, 1.0)
    with busy("drawing"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    if terminal:
        for words in ("cells", "3/7", "[b]left[/b]", "proved", "25%", "drawing"):
            assert words in err
    else:
        assert err == ""
