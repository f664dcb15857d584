"""bilingual: what gridctl says to people stands in English and in Chinese: T(en, zh), struct both, err_set and its like.

A missing half doesn't compile only where the compiler looks; this looks everywhere."""

import re

from tree import line_of, select

STRING = r'"(?:\\.|[^"\\\n])*"'
GAP = r"(?:\s|/\*.*?\*/)*"
# A text in pieces, with format macros between them: "now %s; %" PRId64 " fired"
TEXT = rf"{STRING}(?:{GAP}(?:{STRING}|PRI\w+))*"
TOKEN = re.compile(rf"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>{TEXT})|'(?:\\.|[^'\\\n])'|(?P<word>\w+)|(?P<sign>[^\s\w])", re.S)
HAN = re.compile(r"[\u3400-\u9fff]")
CONVERSION = re.compile(r"%(?:%|(?:(?P<place>\d+)\$)?[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?P<kind>(?:hh|h|ll|l|z|j|t)?[a-zA-Z]))")

# Chinese that has no Chinese in it: signs, and words that are the same in both.
SAME_IN_BOTH = {"", "JSON", "%s", "sha256"}
# Names of members that hold one language each: T("name_en", "name").
MEMBERS = re.compile(r"(?:\w+[._])?en (?:\w+\.)?(?:zh|name)")
# Who says something to people. The number: which argument is the text (the first that isn't T() counts from here on).
SPEAKERS = {"term_error", "term_print", "puts", "fputs", "printf", "fprintf", "err_set", "err_sys", "err_wrap"}
# Files whose text is no sentence of gridctl's: the man page's source is English, completion scripts are programs.
SILENT_FILES = ("clients/gridctl/cli/man.c", "clients/gridctl/cli/completion.c")
# Pairs of words that are no pair of languages.
PAIR_TABLES = {("clients/gridctl/cli/advice.c", "next_steps"), ("clients/gridctl/term/encoding.c", "known"),
               ("clients/gridctl/term/term.c", "known"), ("clients/gridctl/board/apply.c", "holder_clocks")}


def value(text):
    """What a literal in pieces says; format macros as their letter."""
    parts = re.findall(rf"{STRING}|PRI\w+", text)
    return "".join("ld" if p.startswith("PRI") else p[1:-1] for p in parts)


def conversions(text):
    """What a text takes, in the order in which it is given: `%2$s` may stand before `%1$s`."""
    found = [m for m in CONVERSION.finditer(text.replace(r"\n", "")) if m["kind"]]
    return [m["kind"] for m in sorted(found, key=lambda m: int(m["place"] or 0))]


def tokens(code):
    return [(m.lastgroup, m.group(0), m.start()) for m in TOKEN.finditer(code) if m.lastgroup in ("text", "word", "sign")]


def pair_fault(en, zh):
    """Why these two are no pair, or None."""
    if MEMBERS.fullmatch(f"{en} {zh}"):
        return None
    if zh is None or (not zh.strip() and en.strip()):
        return "has no Chinese"
    if zh not in SAME_IN_BOTH and not HAN.search(zh) and re.search("[A-Za-z]{2}", re.sub(CONVERSION, "", zh)):
        return "its Chinese has no Chinese in it"
    if HAN.search(en):
        return "its English is Chinese"
    if conversions(en) != conversions(zh):
        return f"converts {conversions(en)} in English and {conversions(zh)} in Chinese"
    return None


def _arguments(toks, at):
    """The tokens of each argument of a call or of a braced group; toks[at] opens it."""
    depth, found = 0, [[]]
    for tok in toks[at:]:
        depth += tok[1] in "([{" and tok[0] == "sign"
        depth -= tok[1] in ")]}" and tok[0] == "sign"
        if depth == 0:
            return found
        if depth == 1 and tok[1] == ",":
            found.append([])
        elif tok is not toks[at]:
            found[-1].append(tok)
    return found


def _literal(argument):
    """What an argument that is one literal says; None: it is something else."""
    return value(argument[0][1]) if len(argument) == 1 and argument[0][0] == "text" else None


def _table_of(code, offset):
    """The name of the table that this place stands in."""
    names = re.findall(r"(\w+)\[\w*\] = \{", code[:offset])
    return names[-1] if names else None


def pairs(path, code, toks):
    """(offset, English, Chinese) of each T() and each pair in braces."""
    for i, (kind, text, offset) in enumerate(toks):
        if kind == "word" and text == "T" and toks[i + 1][1] == "(":
            halves = _arguments(toks, i + 1)
            if len(halves) == 2:
                yield offset, _literal(halves[0]), _literal(halves[1])
        elif kind == "sign" and text == "{" and toks[i + 1][0] == "text" and [t[1] for t in toks[max(i - 3, 0):i]] != ["[", "]", "="]:
            halves = _arguments(toks, i)
            if len(halves) == 2 and _literal(halves[0]) is not None:
                if _literal(halves[1]) is not None and (path, _table_of(code, offset)) not in PAIR_TABLES:
                    yield offset, _literal(halves[0]), _literal(halves[1])
                elif halves[1] and halves[1][0][1] == "NULL" and " " in _literal(halves[0]) and not _literal(halves[0]).startswith("gridctl "):
                    yield offset, _literal(halves[0]), None


def _is_sentence(text):
    """Words of a language, and not what is typed: commands, options, paths."""
    plain = re.sub(CONVERSION, " ", re.sub(r"\\.", " ", text))
    return bool(re.search(r"[A-Za-z]{2,}", plain)) and not re.match(r"\s*(gridctl|gridd|man)\b|\s*(--|\./|sha256)", plain)


def bare(toks):
    """(offset, text) of sentences said outside of a pair."""
    for i, (kind, text, offset) in enumerate(toks):
        if kind != "word" or text not in SPEAKERS or i + 1 >= len(toks) or toks[i + 1][1] != "(":
            continue
        for argument in _arguments(toks, i + 1):
            said = _literal(argument)
            if said is not None and _is_sentence(said):
                yield offset, said


def faults(files):
    found = []
    for path, code in select(files, ("clients/gridctl/",), (".c", ".h")):
        toks = tokens(code)
        for offset, en, zh in pairs(path, code, toks):
            why = pair_fault(en, zh) if en is not None else None
            if why:
                found.append(f"{path}:{line_of(code, offset)}: “{en}” {why}")
        if path not in SILENT_FILES:
            found += [f"{path}:{line_of(code, offset)}: “{said}” is said in one language" for offset, said in bare(toks)]
    return found
