"""Figures that this benchmark does not take: where they come from."""

from figures import Row


def measure(_):
    return [
        Row("crash images survived, of", None, "images", 1_000_000, most=False, beside="docs/crash-images.md; make crashtest"),
        Row("simulated station time in each CI run", None, "years", 1, most=False, beside="docs/simulation.md; make test"),
        Row("exposure of the services, systemd-analyze", None, "", 0.5, beside="comes with the packages"),
    ]
