"""What several rounds of one run say together. Only figures of the same round are compared: the machine is not the same in another."""

import statistics


def interleaved(runs, rounds):
    """Runs all in each round, forwards and backwards in turn, so that nobody is always after the same one. Gives number, name and run."""
    for number in range(rounds):
        for name, run in runs if number % 2 == 0 else reversed(runs):
            yield number + 1, name, run


def median(runs, what):
    return statistics.median(run[what] for run in runs)


class Spread:
    """Values of rounds: their median, and how far they lie apart."""

    def __init__(self, values):
        values = list(values)
        self.median, self.least, self.most = statistics.median(values), min(values), max(values)

    @staticmethod
    def of_ratios(runs, others, what):
        return Spread(run[what] / other[what] for run, other in zip(runs, others))

    def text(self, digits=2):
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}–{self.most:.{digits}f})"
