"""Find prose, code, formulas, and headings in the Markdown of chapters and pages."""

import re

FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1[ \t]*$", re.DOTALL | re.MULTILINE)
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
DISPLAYED = re.compile(r"\$\$.*?\$\$", re.DOTALL)
MATH = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
FORMULA = re.compile(r"\$\$.*?\$\$|\$(?:[^$\n]|\n(?!\n))+\$", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What tools/write_navigation.py and the benchmarks write into a page.
GENERATED = re.compile(
    r"<!-- (?:written by|benchmark: begin).*?<!-- (?:benchmark: )?end -->", re.DOTALL
)
TARGET = re.compile(r"\]\(((?:[^()\s]|\([^()\s]*\))+)[^)]*\)|\b(?:href|src)=[\"']([^\"']+)")


def without_code(source):
    """Return Markdown without comments, code, and formulas."""
    for pattern in (COMMENT, FENCE, CODE_SPAN, MATH):
        source = pattern.sub(" ", source)
    return source


def prose(source):
    """Return what is left of Markdown when the addresses of links are gone as well."""
    return TARGET.sub("]", without_code(source))


def headings(source):
    """Return the headings of a piece of Markdown as pairs of level and text."""
    found = re.findall(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", FENCE.sub("", source), re.MULTILINE)
    return [(len(marks), text.replace("\u2019", "'")) for marks, text in found]


def split_sections(source):
    """Return the pieces of Markdown that begin with a heading of level 2, and what is before."""
    return re.split(r"^(?=## )", source, flags=re.MULTILINE)
