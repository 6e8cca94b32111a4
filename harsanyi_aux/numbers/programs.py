"""HiGHS models that print nothing: standard output belongs to the answer."""

from __future__ import annotations

from typing import Any


def quiet_highs(**options: Any) -> Any:
    """Return an empty ``highspy.Highs`` of one thread without output, with options of HiGHS set.

    The constructor itself prints a banner in some versions (1.16), while it registers the
    callbacks: output is off before that.
    """
    import highspy

    class Quiet(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802 (HiGHS's name)
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    highs: Any = Quiet
    model = highs()
    for option, value in {"output_flag": False, "threads": 1, **options}.items():
        model.setOptionValue(option, value)
    return model
