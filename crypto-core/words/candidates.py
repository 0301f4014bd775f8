#!/usr/bin/env python3
"""Prints words that could still join the German list: see README.md.

usage: candidates.py DICTIONARY CHOSEN

DICTIONARY is a hunspell dictionary (one base form a line, flags after a slash), CHOSEN the list so
far. One line for each beginning of four letters that is free in both languages, its words from the
most frequent to the least.
"""

import re
import sys
from collections import defaultdict

from mnemonic import Mnemonic
from wordfreq import zipf_frequency

BEGINNING = 4
# Zipf frequencies: 2 is one word in ten million, 3 one in a million.
RAREST_NOUN = 2.0
RAREST_OTHER = 3.0


def near(a, b):
    """Whether one slip turns a into b: a letter more, less or other, or two neighbours swapped."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    if len(a) < len(b):
        return any(b[:i] + b[i + 1:] == a for i in range(len(b)))
    other = [i for i in range(len(a)) if a[i] != b[i]]
    if len(other) == 2:
        i, j = other
        return j == i + 1 and a[i] == b[j] and a[j] == b[i]
    return len(other) < 2


def base_forms(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word = line.split("/")[0].strip()
            if re.fullmatch("[A-Za-z][a-z]{3,7}", word):
                yield word


def main(dictionary, chosen):
    with open(chosen, encoding="ascii") as lines:
        chosen = lines.read().split()
    taken = {word[:BEGINNING] for word in chosen + Mnemonic("english").wordlist}
    found = defaultdict(dict)
    for form in base_forms(dictionary):
        word = form.lower()
        frequency = zipf_frequency(word, "de")
        rarest = RAREST_NOUN if form[0].isupper() else RAREST_OTHER
        if frequency < rarest or word[:BEGINNING] in taken:
            continue
        if not any(near(word, other) for other in chosen):
            found[word[:BEGINNING]][word] = frequency
    for beginning in sorted(found):
        words = found[beginning]
        print(*sorted(words, key=lambda word: (-words[word], word)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
