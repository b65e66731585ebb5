"""Tables as people and Markdown read them."""


def table(header, rows):
    """Lines of a Markdown table; every cell is a text already."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([line(header), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def verdict(value, bar):
    """Whether a value that must not pass its bar does not."""
    return "met" if value <= bar else "MISSED"
