"""A store, and what it holds after a campaign that nothing disturbed."""

from __future__ import annotations

import pytest
from campaigns import quick, rows, serially

from harsanyi_aux.search.campaign import run as campaign
from harsanyi_aux.search.campaign.run import run_campaign


@pytest.fixture
def path(tmp_path):
    return tmp_path / "campaign.db"


@pytest.fixture
def undisturbed(tmp_path, monkeypatch):
    """Return the rows of a campaign that ran in this process from end to end."""

    def whole(plan):
        with monkeypatch.context() as patch:
            patch.setattr(campaign, "run_here", serially)
            run_campaign(tmp_path / "whole.db", plan, examiner=quick)
        return rows(tmp_path / "whole.db")

    return whole
