"""Detects slips with an index or an operator, by one small edit to the reference's loop form.

A loop form is a variant named `exercise__loops` or `exercise__loops_…`: a correct solution that
runs over its indices with `for i in range(n)`. If its docstring says "i counts the classes, j
counts the inputs", hints use these words. A student's function with the same slip gives the same
answers as the edited loop form, even if it is written without loops.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial, reduce
from itertools import islice
from typing import Any, TypeGuard

from autograder.answer_key.catalog import VARIANTS, module_name
from autograder.answer_key.trusted_modules import defined, load_modules
from autograder.diagnosis.alternatives import explained
from autograder.diagnosis.evidence import Alternative, Diagnosis, Evidence
from autograder.diagnosis.hints import named
from autograder.errors import CourseError
from autograder.model.course import Case
from autograder.model.report import Flaw

_MEANING = re.compile(r"\b(\w+) counts the ([\w -]+?)(?=[,.;]| and )")


def index_slip(evidence: Evidence) -> Diagnosis | None:
    """Detect a slip with an index that gives the student's answers.

    Nearly all slips give the right shape, so it is tried only if some wrong answer has that:
    generating the slips takes a while the first time.
    """
    if not any(one.flaw in (Flaw.VALUES, Flaw.NON_FINITE) for one in evidence.failing):
        return None
    return explained(evidence, evidence.find_slips())


def slips_of(part: str, exercise: str, solutions: Mapping[str, str]) -> tuple[Alternative, ...]:
    """Every slip in the loop forms of an exercise of `part`.

    `solutions` has the source texts of the course's solutions and variants by import name. Empty if
    the exercise has no loop form among them, or they cannot be loaded.
    """
    return _slips_of(part, exercise, tuple(solutions.items()))


@lru_cache(64)
def _slips_of(
    part: str, exercise: str, solutions: tuple[tuple[str, str], ...]
) -> tuple[Alternative, ...]:
    sources = dict(solutions)
    form = re.compile(rf"^def ({exercise}__loops\w*)", re.MULTILINE)
    found: list[Alternative] = []
    for module in (module_name(VARIANTS, stem) for stem in (part, exercise)):
        forms = form.findall(sources.get(module, ""))
        try:
            names = vars(load_modules(sources, [module])[module]) if forms else {}
        except CourseError:  # validate reports it
            continue
        for node in ast.parse(sources[module] if forms else "").body:
            if isinstance(node, ast.FunctionDef) and node.name in forms:
                found += _alternatives(node, names)
    return tuple(found)


def _alternatives(form: ast.FunctionDef, names: Mapping[str, Any]) -> Iterator[Alternative]:
    # If two slips give the same answers, the first one is reported, so common kinds go first.
    slips = sorted(_slips(form), key=lambda slip: _KINDS.index(slip.kind))
    for number, slip in enumerate(slips):
        name = re.sub(r"\W+", "_", f"{slip.kind}_{slip.label}").rstrip("_")
        unique = f"{form.name} {number} {name}"
        yield Alternative(
            unique,
            _calling(slip.edited, names),
            partial(_told, slip, name),
            undone_by="transposed" if slip.kind == "indices_swapped" else "",
            excused=True,
        )


def _told(slip: _Slip, name: str, words: tuple[str, ...]) -> Diagnosis:
    return named(slip.kind, name, **slip.words)


def _calling(edited: ast.FunctionDef, names: Mapping[str, Any]) -> Callable[[Case], object]:
    made: list[Callable[..., object]] = []

    def answer(case: Case) -> object:
        if not made:  # compiled on first use: most are never called
            made.append(defined(edited, names))
        return made[0](*case.arguments.values())

    return answer


# --- the edits --------------------------------------------------------------------------------

_KINDS = (
    "loop_stops_early",
    "loop_starts_late",
    "loop_over_another_size",
    "loop_over_a_part",
    "loop_left_early",
    "overwritten_in_the_loop",
    "indices_swapped",
    "wrong_index",
    "wrong_operator",
    "starts_at_one",
    "not_set_back_in_the_loop",
    "set_back_in_the_loop",
    "computed_in_the_loop",
    "computed_before_the_loop",
    "computed_after_the_loop",
)
"""In order of preference: of two slips that give the same answers, the first one is reported."""


@dataclass(frozen=True, eq=False)
class _Slip:
    kind: str
    label: str
    words: Mapping[str, str]
    edited: ast.FunctionDef


_Make = Callable[[Any], object]
"""Applies an edit in place to the given node of a copy."""


@dataclass(frozen=True, eq=False)
class _Edit:
    """An edit of the function."""

    kind: str
    label: str
    words: Mapping[str, str]
    make: _Make


@dataclass(frozen=True, eq=False)
class _Form:
    """A loop form, with its loops and indices."""

    function: ast.FunctionDef

    @cached_property
    def loops(self) -> list[ast.For]:
        return [node for node in ast.walk(self.function) if _is_loop(node)]

    @cached_property
    def indices(self) -> list[str]:
        return list(dict.fromkeys(_index(loop) for loop in self.loops))

    @cached_property
    def in_subscripts(self) -> set[ast.AST]:
        """The nodes of all expressions in square brackets."""
        places = [one.slice for one in ast.walk(self.function) if isinstance(one, ast.Subscript)]
        return {node for place in places for node in ast.walk(place)}

    @cached_property
    def sizes(self) -> dict[str, ast.expr]:
        """The upper bounds of the loops, by their source text."""
        return {ast.unparse(_stop(loop)): _stop(loop) for loop in self.loops}

    @cached_property
    def meanings(self) -> dict[str, str]:
        return dict(_MEANING.findall(ast.get_docstring(self.function) or ""))

    def around(self, node: ast.AST) -> list[ast.For]:
        """The loops around a node, the outermost first."""
        loops = (one for one in self.loops if one is not node)
        return [one for one in loops if any(inner is node for inner in ast.walk(one))]

    def loop(self, loop: ast.For) -> str:
        index = _index(loop)
        meaning = self.meanings.get(index)
        return f"the {meaning} ({index})".replace(" (_)", "") if meaning else index

    def edit(self, loop: ast.For, kind: str, make: _Make, what: str = "", **more: str) -> _Edit:
        """An edit of a loop; `what` it computes and `more` are words for the hint."""
        name, words = f"over_{_index(loop)}", {"loop": self.loop(loop), **more}
        if not what:
            return _Edit(kind, name, words, make)
        return _Edit(kind, f"{what}_{name}", {**words, "what": what}, make)

    def legend(self) -> str:
        """A sentence on what the indices count; "" if that is not known."""
        told = [f"{one} counts the {what}" for one, what in self.meanings.items() if one != "_"]
        return f" Here {', '.join(told)}." if told else ""


def _slips(function: ast.FunctionDef) -> Iterator[_Slip]:
    form, text = _Form(function), ast.unparse(function)
    for number, node in enumerate(ast.walk(function)):
        for edit in (*_of_blocks(form, node), *_of_expressions(form, node)):
            copied = ast.parse(text).body[0]  # much faster than a deep copy
            assert isinstance(copied, ast.FunctionDef)
            edit.make(next(islice(ast.walk(copied), number, None)))
            yield _Slip(edit.kind, edit.label, edit.words, ast.fix_missing_locations(copied))


def _of_blocks(form: _Form, node: ast.AST) -> Iterator[_Edit]:
    """Yield edits of the lines directly in the body of `node`, and of the loops among them."""
    if not isinstance(node, ast.FunctionDef | ast.For | ast.If):
        return
    for place, line in enumerate(node.body):
        is_sum = isinstance(line, ast.AugAssign) and isinstance(line.op, ast.Add | ast.Sub)
        if is_sum and (around := form.around(line)):
            yield form.edit(around[-1], "overwritten_in_the_loop", _set_instead(place))
        if isinstance(line, ast.Assign) and _is_start(line):
            what = ast.unparse(line.targets[0])
            yield _Edit("starts_at_one", what, {"what": what}, _started_at_one(place))
        if _is_loop(line):
            yield from _of_range(form, line, place)
            yield from _within(form, line, place)
            if isinstance(node, ast.FunctionDef):
                yield from _set_in_inner_loops(form, line, place)
            yield from _next_to(form, line, place, node.body)


def _within(form: _Form, loop: ast.For, place: int) -> Iterator[_Edit]:
    """Yield edits that end the loop early, or move its first or last line out of it."""
    first, last, end = loop.body[0], loop.body[-1], form.function.body[-1]
    if isinstance(end, ast.Return):
        yield form.edit(loop, "loop_left_early", _appended(place, end))
    if len(loop.body) > 1 and isinstance(first, ast.Assign):
        kind = "not_set_back_in_the_loop" if _is_start(first) else "computed_before_the_loop"
        yield form.edit(loop, kind, _moved(place, 0, place), _target(first))
    if len(loop.body) > 1 and isinstance(last, ast.Assign | ast.AugAssign):
        yield form.edit(loop, "computed_after_the_loop", _moved(place, -1, place + 1))


def _set_in_inner_loops(form: _Form, loop: ast.For, place: int) -> Iterator[_Edit]:
    """Yield edits of an outermost loop that set what an inner loop starts with only once."""
    for depth, inner in enumerate(filter(_is_loop, ast.walk(loop))):
        first = inner.body[0]
        if depth and isinstance(first, ast.Assign) and _is_start(first):
            make = _moved_out(place, depth)
            yield form.edit(loop, "not_set_back_in_the_loop", make, _target(first))


def _next_to(form: _Form, loop: ast.For, place: int, block: Sequence[ast.stmt]) -> Iterator[_Edit]:
    """Yield edits that move the line before or after the loop into it."""
    before = block[place - 1] if place else None
    after = block[place + 1] if place + 1 < len(block) else None
    if isinstance(before, ast.Assign):
        kind = "set_back_in_the_loop" if _is_start(before) else "computed_in_the_loop"
        make = _taken_in(place, place - 1, 0)
        yield form.edit(loop, kind, make, _target(before), where="before")
    if isinstance(after, ast.Assign | ast.AugAssign):
        make = _taken_in(place, place + 1, len(loop.body))
        yield form.edit(loop, "computed_in_the_loop", make, _target(after), where="after")
    elif after and _is_loop(after) and ast.unparse(after.iter) == ast.unparse(loop.iter):
        make = _fused(place)
        yield form.edit(loop, "computed_in_the_loop", make, _written(after), where="after")


def _of_range(form: _Form, loop: ast.For, place: int) -> Iterator[_Edit]:
    name, stop = f"over_{_index(loop)}", ast.unparse(_stop(loop))
    words = {"loop": form.loop(loop), "size": stop}

    def ranging(text: str) -> _Make:
        def make(target: Any) -> None:
            target.body[place].iter = ast.parse(f"range({text})", mode="eval").body

        return make

    yield _Edit("loop_stops_early", name, words, ranging(f"{stop} - 1"))
    yield _Edit("loop_starts_late", name, words, ranging(f"1, {stop}"))
    for other in form.sizes:
        if other != stop:
            told = {**words, "other": other}
            yield _Edit("loop_over_another_size", name, told, ranging(other))
    for index in map(_index, form.around(loop)):
        for part in (f"{index}, {stop}", f"{index} + 1, {stop}", index, f"{index} + 1"):
            told = {**words, "part": f"range({part})"}
            yield _Edit("loop_over_a_part", f"{name}_{part}", told, ranging(part))


def _of_expressions(form: _Form, node: ast.AST) -> Iterator[_Edit]:
    def edit(kind: str, label: str, before: str, after: str, text: str) -> _Edit:
        words = {"before": before, "after": after, "legend": form.legend()}
        return _Edit(kind, label, words, _replaced(text))

    if isinstance(node, ast.BinOp) and node not in form.in_subscripts:
        for changed in _other_operations(node):
            after, label = ast.unparse(changed), f"{_verb(changed)}_for_{_verb(node)}"
            yield edit("wrong_operator", label, ast.unparse(node), after, after)
    if isinstance(node, ast.Subscript):
        before = _shown(ast.unparse(node), node)
        for kind, text, wrapped in _other_places(form, node):
            after = _shown(text, node)
            yield edit(kind, f"{after}_for_{before}", before, after, wrapped or text)
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
        before, sides = ast.unparse(node), [node.left, *node.comparators]
        for at, side in enumerate(sides):
            if not isinstance(side, ast.Name) or side.id not in form.indices:
                continue
            for other in form.indices:
                texts = [ast.unparse(one) for one in sides]
                texts[at] = other
                if side.id != other and len(set(texts)) > 1:
                    after = " == ".join(texts)
                    yield edit("wrong_index", f"{after}_for_{before}", before, after, after)


def _other_places(form: _Form, node: ast.Subscript) -> Iterator[tuple[str, str, str]]:
    """Yield each slip in a subscript: the kind, the text to show, and the code if that differs."""
    array, place = ast.unparse(node.value), node.slice
    if not any(name in form.indices for name in _names(place)):
        return
    parts = place.elts if isinstance(place, ast.Tuple) else [place]
    texts = [ast.unparse(part) for part in parts]
    if len(texts) == 2 and texts[0] != texts[1]:
        yield "indices_swapped", f"{array}[{texts[1]}, {texts[0]}]", ""
    for at, part in enumerate(parts):
        for other in _other_indices(form, part):
            changed = [*texts[:at], other, *texts[at + 1 :]]
            text = f"{array}[{', '.join(changed)}]"
            yield "wrong_index", text, ""
            # To avoid an IndexError, some students use %.
            if isinstance(node.ctx, ast.Load) and not isinstance(part, ast.Slice):
                changed[at] = f"({other}) % {array}.shape[{at}]"
                yield "wrong_index", text, f"{array}[{', '.join(changed)}]"


def _other_indices(form: _Form, part: ast.expr) -> Iterator[str]:
    """Yield wrong texts for an index: another name, 0, one less, or a flat index the wrong way."""
    text = ast.unparse(part)
    own = _names(part)
    for name in own:
        others = form.indices if name in form.indices else list(form.sizes)
        for other in others:
            if other != name and name in (*form.indices, *form.sizes):
                yield re.sub(rf"\b{name}\b", other, text)
    if isinstance(part, ast.Name):
        yield "0"
        yield f"{text} - 1"
    flat = re.fullmatch(r"(\w+) \* (\w+) \+ (\w+)", text)
    if flat:
        slow, _, fast = flat.groups()
        yield from (f"{fast} * {size} + {slow}" for size in form.sizes)
        yield from (f"{slow} + {fast}", slow, fast)


def _other_operations(node: ast.BinOp) -> Iterator[ast.BinOp]:
    """Yield `node` with another operator, and without the parentheses around a sum in it."""
    factors = _factors(node)
    for other in (ast.Add(), ast.Sub(), ast.Mult(), ast.Div()):
        if type(other) is not type(node.op):
            yield ast.BinOp(node.left, other, node.right)
            for at in range(1, len(factors) - 1):  # the last place was the line before
                yield ast.BinOp(_product(factors[:at]), other, _product(factors[at:]))
    for at, one in enumerate(factors if len(factors) > 1 else ()):
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add | ast.Sub):
            before, after = factors[:at], factors[at + 1 :]
            for first, second in (
                ([*before, one.left, *after], [one.right]),
                ([*before, one.left], [one.right, *after]),
                ([one.left], [*before, one.right, *after]),
            ):
                yield ast.BinOp(_product(first), one.op, _product(second))


def _factors(node: ast.expr) -> list[ast.expr]:
    """The factors of a product such as a * b * c."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _product(factors: Sequence[ast.expr]) -> ast.expr:
    return reduce(lambda left, right: ast.BinOp(left, ast.Mult(), right), factors)


# --- how each edit is made --------------------------------------------------------------------


def _appended(place: int, statement: ast.stmt) -> _Make:
    return lambda target: target.body[place].body.append(copy.deepcopy(statement))


def _moved(place: int, inner: int, outer: int) -> _Make:
    """Move line `inner` of the loop at `place` to position `outer` of the surrounding block."""
    return lambda target: target.body.insert(outer, target.body[place].body.pop(inner))


def _moved_out(place: int, depth: int) -> _Make:
    """Move the first line of a nested loop, the `depth`-th inside, above the loop at `place`."""

    def make(target: Any) -> None:
        loops = [node for node in ast.walk(target.body[place]) if _is_loop(node)]
        target.body.insert(place, loops[depth].body.pop(0))

    return make


def _taken_in(place: int, outer: int, inner: int) -> _Make:
    return lambda target: target.body[place].body.insert(inner, target.body.pop(outer))


def _fused(place: int) -> _Make:
    return lambda target: target.body[place].body.extend(target.body.pop(place + 1).body)


def _replaced(text: str) -> Callable[[Any], object]:
    """Replace an expression with another one of the same kind."""
    changed = ast.parse(text, mode="eval").body

    def make(target: Any) -> None:
        context = {"ctx": target.ctx} if isinstance(target, ast.Subscript) else {}
        vars(target).update(vars(copy.deepcopy(changed)) | context)

    return make


def _started_at_one(place: int) -> _Make:
    def make(target: Any) -> None:
        text = ast.unparse(target.body[place].value)
        one = re.sub("^0", "1", text.replace("zeros", "ones"))
        target.body[place].value = ast.parse(one, mode="eval").body

    return make


def _set_instead(place: int) -> _Make:
    """Replace `+=` with `=`, and `-=` with `= -`."""

    def make(target: Any) -> None:
        sum = target.body[place]
        value = ast.UnaryOp(ast.USub(), sum.value) if isinstance(sum.op, ast.Sub) else sum.value
        target.body[place] = ast.Assign([sum.target], value)

    return make


# --- what the nodes are -----------------------------------------------------------------------


def _is_loop(node: ast.AST) -> TypeGuard[ast.For]:
    return (
        isinstance(node, ast.For)
        and isinstance(node.target, ast.Name)
        and isinstance(node.iter, ast.Call)
        and ast.unparse(node.iter.func) == "range"
        and len(node.iter.args) == 1
    )


def _index(loop: ast.For) -> str:
    return ast.unparse(loop.target)


def _stop(loop: ast.For) -> ast.expr:
    assert isinstance(loop.iter, ast.Call)
    return loop.iter.args[0]


def _is_start(statement: ast.Assign) -> bool:
    """Whether it sets something to zero."""
    return bool(re.fullmatch(r"0(\.0)?|np\.zeros.*", ast.unparse(statement.value)))


def _target(statement: ast.Assign | ast.AugAssign) -> str:
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    return ast.unparse(statement.target)


def _verb(node: ast.BinOp) -> str:
    return type(node.op).__name__.lower()


def _written(loop: ast.For) -> str:
    last = loop.body[-1]
    target = last.targets[0] if isinstance(last, ast.Assign) else getattr(last, "target", None)
    return ast.unparse(target).split("[")[0] if target is not None else "what comes next"


def _names(node: ast.AST) -> list[str]:
    return list(dict.fromkeys(one.id for one in ast.walk(node) if isinstance(one, ast.Name)))


def _shown(text: str, node: ast.Subscript) -> str:
    """A subscript as hints show it: a value that is read in full, a target by its index alone."""
    if isinstance(node.ctx, ast.Load):
        return text
    return f"the place [{text.partition('[')[2]}"
