"""Jinja2 compiler with faster code for the same templates, without features that kg's pages never use.

Jinja2 inspects each function before a call, for a context or an environment as its argument; kg's functions take
neither. It wraps each escaped value as safe text, only to join it to other text at once. And it looks up each attribute
in a method. Without these a template takes half the time (D-47).
"""

from collections.abc import Callable, MutableMapping
from types import CodeType
from typing import Any, Self

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Macro
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]  # the part of escape that escapes

_inner: Callable[[str], str] = _escape_inner


def escape_value(value: object) -> str:
    """Escaped value as `markupsafe.escape` gives it, as plain `str`.

    >>> from markupsafe import Markup
    >>> escape_value("<b>"), escape_value(7), str(escape_value(Markup("<b>")))
    ('&lt;b&gt;', '7', '<b>')
    """
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]  # which is a text
    if kind is str:
        return _inner(value)  # type: ignore[arg-type]  # the same
    return str(value.__html__()) if hasattr(value, "__html__") else _inner(str(value))


class ContextFreeGenerator(CodeGenerator):
    """Code generator without context arguments."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802  # Jinja's
        """Generate a call with its own arguments alone."""
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  # Jinja's
        """Generate an attribute look-up without a call of Jinja's, which is left for keys of dictionaries."""
        self.write("(value if (value := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(owner, {node.attr!r}))")


class PositionalMacro(Macro):
    """Macro with a fast path for calls with all arguments by position."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plain = self._default_autoescape and not (self.caller or self.catch_kwargs or self.catch_varargs)

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Output of the macro, as safe text."""
        if self._plain and not kwargs and len(args) == self._argument_count:
            return str.__new__(Markup, self._func(*args))
        return super().__call__(*args, **kwargs)


class FastTemplate(jinja2.Template):
    """Template that escapes with `escape_value` and calls PositionalMacro."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002  # Jinja's
        uptodate: Any = None,
    ) -> Self:
        """Create a template from its code."""
        template: Any = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__.update(escape=escape_value, Macro=PositionalMacro)
        return template  # type: ignore[no-any-return]


class FastEnvironment(jinja2.Environment):
    """Environment of templates whose functions take no context, with automatic escaping."""

    code_generator_class = ContextFreeGenerator
    template_class = FastTemplate
