"""Compiled templates give the same output as Jinja's own code."""

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from kg.render.site.template_compiler import FastEnvironment, escape_value

TEMPLATE = """{% macro link(each, note='', wide=false) %}<a href="{{ each.href }}">{{ each.text }}</a>
{%- if note %} {{ note }}{% endif %}{% if wide %}!{% endif %}{% endmacro %}
{% macro framed() %}<p>{{ caller() }}</p>{% endmacro %}
{% for each in links %}{{ link(each) }}{{ link(each, note=text) }}{{ link(each, text, wide=true) }}{% endfor %}
{% call framed() %}{{ text }}{{ link(links[0]) }}{% endcall %}
{% set place = {'count': text} %}{{ said('%(count)s <i>', **place) }}{{ said(text) }}{{ text|upper }}{{ range(3)|join }}
{% filter replace('&', '+') %}{{ text }}{% endfilter %}{{ none }}{{ 1 / 3 }}{{ text ~ link(links[0]) }}"""


class _Named(str):
    """A text of a class of its own, which is no sign that it is safe."""

    __slots__ = ()


def _environment(kind):
    environment = kind(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals["said"] = lambda text, **values: Markup("<b>{}</b>").format(text % values if values else text)
    return environment.from_string(TEMPLATE)


_OURS, _JINJAS = _environment(FastEnvironment), _environment(jinja2.Environment)


@given(st.text(alphabet=st.sampled_from("<>&'\"a\u202e{}%é"), max_size=20).filter(lambda text: "%" not in text))
def test_the_same_template_says_the_same(text):
    "For any values a page equals the output of Jinja's own code, with the same escapes."
    values = {"text": text, "links": [{"href": text, "text": _Named(text)}, {"href": 7, "text": Markup("<b>")}]}
    assert _OURS.render(values) == _JINJAS.render(values)


@given(st.text() | st.integers() | st.none() | st.text().map(_Named) | st.text().map(Markup))
def test_values_are_escaped_alike(value):
    "A value on a page equals the result of the template engine's own escape."
    assert escape_value(value) == escape(value)


def test_what_is_not_there_is_told():
    "A name or attribute that a template misses is an error, as a value and as a function."
    for template in ("{{ missing }}", "{{ missing(1) }}", "{{ ''.missing }}", "{{ {'a': 1}.missing }}"):
        with pytest.raises(jinja2.UndefinedError, match="missing"):
            FastEnvironment(undefined=jinja2.StrictUndefined).from_string(template).render()


def test_attributes_are_read_as_jinja_reads_them():
    "An attribute is that of the object, else the value of a dictionary, at any depth, and may be undefined."
    template = "{{ each.a.items() | list }} {{ each.b.c.d }} {{ each.b.c.none is defined }} {{ each.b['c'].d.upper() }}"
    values = {"each": {"a": {"x": 1}, "b": {"c": {"d": "deep", "items": 2}}}}
    rendered = [kind().from_string(template).render(values) for kind in (FastEnvironment, jinja2.Environment)]
    assert rendered == ["[('x', 1)] deep False DEEP"] * 2
