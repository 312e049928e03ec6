"""Renders small templates with Python's jinja2, set up as transformers does: model/src/test/resources/jinja/cases.json.

Each feature of the engine in dev.hone.model.jinja has a case; `refused` stands for whatever error Python raises.
Written with jinja2 3.1.6 and transformers 5.18.0.
"""

import datetime
import json
import pathlib

from transformers.utils import chat_template_utils

OUT = pathlib.Path(__file__).parents[2] / "model/src/test/resources/jinja/cases.json"
NOW = datetime.datetime(2026, 1, 5, 15, 4, 9, 1200)
VARIABLES = {
    "text": "  Zażółć 😀 gęślą\n", "word": "hello", "empty": "", "zero": 0, "one": 1, "n": 7, "x": -2.5, "big": 2**70,
    "yes": True, "no": False, "nothing": None, "list": [3, 1, 2], "words": ["b", "A", "c", "a"], "nested": [[1, 2], [3]],
    "map": {"a": 1, "b": [1, 2.0, None, True], "items": "mine", "ü<&>'\"": "\n\t\u2028\u007f\u0001"},
    "users": [{"name": "Ann", "age": 31, "at": {"city": "Oslo"}}, {"name": "bob", "age": 25, "at": {"city": "Rome"}},
              {"name": "Cy", "age": 31, "at": {}}],
}

CASES = r"""
Hello {{ word }}!
{{ missing }}|{{ map.missing }}|{{ map['missing'] }}|{{ list[9] }}
{{ missing.attribute }}
{{ missing['item'] }}
{{ missing() }}
{{ missing + 1 }}
{{ 1 + missing }}
{{ missing < 1 }}
{{ -missing }}
{{ missing == other }}{{ missing == none }}{{ missing != 1 }}{{ not missing }}{{ missing in list }}{{ 1 in missing }}
{{ missing in word }}
{{ nothing }}{{ yes }}{{ no }}{{ none }}{{ True }}{{ False }}{{ None }}
{{ map }}{{ list }}{{ nested }}{{ (1,) }}{{ (1, 2) }}{{ () }}{{ {} }}{{ [] }}
{{ ["it's", 'say "x"', 'both \' and "', "\n\t\\", "\x00\x1f\x7f\xa0\u200b\u2028", "é😀", missing] }}
{{ 1.0 }} {{ 0.1 }} {{ 1e22 }} {{ 1e16 }} {{ 1e15 }} {{ 1.5e-5 }} {{ 0.0001 }} {{ 123456789.125 }} {{ -0.0 }} {{ 1e300 * 1e10 }}
{{ 1_000 }} {{ 1_0.5 }} {{ 99999999999999999999 }} {{ big }} {{ 2 ** 64 }} {{ -7 }} {{ +7 }}
{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }} {{ 2 ** 0.5 }}
{{ 1 / 0 }}
{{ 1 % 0 }}
{{ True + 1 }} {{ 1 == True }} {{ 1.0 == 1 }} {{ 0 == False }} {{ '1' == 1 }} {{ big == big + 0 }} {{ big // 3 - 1 }}
{{ word + '!' }} {{ [1] + [2] }} {{ (1,) + (2,) }} {{ 'ab' * 3 }} {{ 2 * 'x' }} {{ [0] * 3 }} {{ 'x' * -1 }}
{{ word + 1 }}
{{ word + nothing }}
{{ [1] + (2,) }}
{{ list - 1 }}
{{ 'a' ~ 1 ~ none ~ 2.5 ~ missing ~ [1] }}
{{ 1 ~ 2 + 3 }}
{{ 1 + 2 ~ 3 * 4 }}
{{ 2 + 3 * 4 - 1 }} {{ (2 + 3) * 4 }} {{ -2 ** 2 }} {{ -x|abs }} {{ -2|abs }} {{ 10 - 4 - 3 }}
{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 1 <= 1 != 2 }} {{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ '😀' > '\uffff' }} {{ [1, 2] < [1, 3] }} {{ 1 < 1.5 }} {{ 2 == 2 == 2 }}
{{ 'a' < 1 }}
{{ none < 1 }}
{{ 1 in list }} {{ 9 not in list }} {{ 'ell' in word }} {{ 'a' in map }} {{ [1, 2] in nested }} {{ not 1 in list }} {{ '' in word }}
{{ 1 in word }}
{{ 1 in nothing }}
{{ yes and word }} {{ no and word }} {{ zero or word }} {{ word or zero }} {{ not yes }} {{ not zero and yes }} {{ no or none }}
{{ 'a' if yes else 'b' }} {{ 'a' if no else 'b' }} [{{ 'a' if no }}] {{ 'a' if no else 'b' if zero else 'c' }}
{{ word[0] }} {{ word[-1] }} {{ text[9] }} {{ list[-1] }} {{ list[True] }} {{ word.0 }} {{ nested[0][1] }} {{ users[1].at.city }} {{ users.0.name }}
{{ word[1:3] }} {{ word[::-1] }} {{ word[::2] }} {{ word[-3:] }} {{ word[:-1] }} {{ word[10:] }} {{ word[-100:2] }} {{ list[::-1] }} {{ list[1:] }} {{ list[:0] }} {{ (1, 2, 3)[1:] }} {{ text[2:12] }} {{ word[3:1:-1] }} {{ word[-1:-4:-1] }} {{ word[:none] }}
{{ word[::0] }}
{{ missing[1:] }}
{{ nothing[1:] }}
{{ nothing.x }}{{ nothing['x'] }}{{ one.x }}{{ word.x }}
{{ map.a }} {{ map['items'] }} {{ map.items() | length }} {{ users[0]['keys'] is callable }} {{ map.get('a') }} {{ map.get('z') }} {{ map.get('z', 5) }}
{{ map.keys() }} {{ {'k': 1}.values() }} {{ {'k': 1}.items() }} {{ map.keys() | list }} {{ map.items() | list | first }}
{{ users[0].name.upper() }} {{ 'Straße ﬁ ß'.upper() }} {{ 'İÀ'.lower() }} {{ 'hELLO wORLD'.capitalize() }} {{ "they're bill's ßa-b".title() }} {{ 'ßx'.capitalize() }}
[{{ text.strip() }}] [{{ text.lstrip() }}] [{{ text.rstrip() }}] {{ 'xxaxx'.strip('x') }} {{ 'abcba'.lstrip('ab') }} {{ 'abcba'.rstrip('ab') }} [{{ '\x1c\x85\xa0\u2003a\u200b'.strip() }}] {{ 'a'.strip('') }}
{{ 'a,b,,c'.split(',') }} {{ ' a  b c '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ ' a b  c '.split(none, 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a</t>b'.split('</t>')[-1] }} {{ 'a,b,c'.split(',', maxsplit=1) }}
{{ 'a'.split('') }}
{{ 'a\nb\r\nc\u2028d\n'.splitlines() }} {{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}
{{ word.startswith('he') }} {{ word.endswith('he') }} {{ word.startswith(('x', 'h')) }} {{ word.removeprefix('he') }} {{ word.removesuffix('lo') }}
{{ 'aXbXc'.replace('X', '--') }} {{ 'aXbXc'.replace('X', '-', 1) }} {{ 'ab'.replace('', '.') }} {{ 'ab'.replace('', '.', 2) }}
{{ ', '.join(['a', 'b']) }} {{ ''.join('xyz') }} {{ 'b'.join(map) }}
{{ ', '.join([1]) }}
{{ word.find('l') }} {{ word.find('z') }} {{ word.rfind('l') }} {{ '😀ab'.find('b') }} {{ word.count('l') }} {{ 'aaa'.count('aa') }} {{ 'ab'.count('') }} {{ word.index('e') }}
{{ word.index('z') }}
{{ 'a1'.isalnum() }} {{ 'a1'.isalpha() }} {{ '12'.isdigit() }} {{ ' \n'.isspace() }} {{ ''.isspace() }} {{ 'Ab'.isupper() }} {{ 'ab1'.islower() }}
{{ 'a'.ljust(3) }}| {{ 'a'.rjust(3, '.') }} {{ '7'.zfill(3) }} {{ '-7'.zfill(4) }}
{{ list.index(1) }} {{ list.count(3) }} {{ [1, 1.0, True].count(1) }}
{{ list.append(4) }}
{{ map.update({}) }}
{{ map.pop('a') }}
{{ list.sort() }}
[{{ list.append }}]
{% if word is defined and missing is undefined and missing is not defined %}ok{% endif %}
{{ none is none }} {{ missing is none }} {{ 1 is number }} {{ yes is number }} {{ 1.5 is number }} {{ yes is integer }} {{ 1 is integer }} {{ 1.0 is float }} {{ 1 is float }} {{ yes is boolean }} {{ 1 is boolean }} {{ yes is true }} {{ 1 is true }} {{ no is false }} {{ zero is false }}
{{ word is string }} {{ list is string }} {{ map is mapping }} {{ list is mapping }} {{ word is iterable }} {{ 1 is iterable }} {{ map is iterable }} {{ none is iterable }} {{ missing is iterable }} {{ word is sequence }} {{ list is sequence }} {{ map is sequence }} {{ 1 is sequence }} {{ missing is sequence }} {{ (list | map('string')) is sequence }}
{{ 3 is odd }} {{ 3 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 1 is equalto 1 }} {{ 1 is eq(2) }} {{ 1 is ne 2 }} {{ 1 is in list }} {{ 1 is not in list }} {{ 2 is gt 1 }} {{ 2 is lessthan(1) }} {{ 'A' is upper }} {{ 'a1' is lower }} {{ none is sameas none }}
{{ 'x' is in ['x'] and word is string or no }}{{ word is string == true }}
{{ map | tojson }}
{{ map | tojson(indent=2) }}
{{ [[], {}, [1], {'a': {'b': []}}] | tojson(indent=4) }}
{{ map | tojson(ensure_ascii=true) }} {{ '😀' | tojson(true) }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=True) }} {{ [1, {'a': 2}] | tojson(separators=(',', ':')) }}
{{ [1.0, 1e22, 0.00001, -0.0, big, true, none, (1, 2)] | tojson }} {{ {1: 2, false: 3, none: 4, 1.5: 5} | tojson }} {{ '</script>&\'"' | tojson }} {{ word | tojson }} {{ {} | tojson }} {{ [] | tojson(indent=2) }}
{{ missing | tojson }}
[{{ text | trim }}] {{ 'xax' | trim('x') }} {{ 5 | trim }} {{ word | upper }} {{ 'ABC' | lower }} {{ 'a-b c(d)e "f' | title }} {{ 'hELLO' | capitalize }} {{ word | replace('l', 'L') }} {{ word | replace('l', 'L', 1) }} {{ 12 | string + '3' }}
{{ word | length }} {{ text | length }} {{ list | count }} {{ map | length }} {{ missing | length }}
{{ 5 | length }}
{{ (list | select) | length }}
{{ list | join(', ') }} {{ list | join }} {{ users | join('+', attribute='name') }} {{ word | join('.') }} {{ missing | join }} {{ [none, true, 1.5, missing] | join('|') }}
{{ list | first }} {{ list | last }} {{ [] | first }}| {{ word | last }} {{ map | first }}
{{ missing | default('d') }} {{ none | default('d') }} {{ none | default('d', true) }} {{ '' | d('e', boolean=true) }} {{ word | d('x') }}
{{ map.deep | default }}|{{ missing | d(none) }}
{{ list | sort }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ list | sort(reverse=true) }} {{ users | sort(attribute='age') | map(attribute='name') | list }} {{ [2, 1.5, true] | sort }}
{{ [1, 'a'] | sort }}
{{ words | unique | list }} {{ [1, 1.0, 2] | unique | list }} {{ words | unique(true) | join }} {{ list | min }} {{ list | max }} {{ words | min }} {{ [] | max }} {{ list | sum }} {{ users | sum(attribute='age') }} {{ [1.5, 2] | sum(start=10) }}
{{ list | reverse | list }} {{ word | reverse }} {{ map | list }} {{ word | list }} {{ (1, 2) | list }}
{{ map | dictsort | map('first') | list }} {{ {'b': 1, 'a': 2} | dictsort(by='value') }} {{ {'b': 1, 'A': 2} | dictsort(reverse=true) }} {{ {'b': 1, 'A': 2} | dictsort(true) }} {% for k, v in {'x': 1}.items() %}{{ k }}={{ v }}{% endfor %}{% for k, v in {'x': 1} | items %}{{ k }}={{ v }}{% endfor %}
{% for k in 5 | items %}{% endfor %}
{% for k in missing | items %}{% endfor %}
{{ list | map('string') | join('-') }} {{ words | map('upper') | list }} {{ users | map(attribute='name') | join(' ') }} {{ users | map(attribute='at.city', default='?') | join(' ') }} {{ nested | map(attribute=0) | list }} {{ words | map('replace', 'a', 'z') | list }}
{{ list | select('odd') | list }} {{ list | reject('gt', 1) | list }} {{ [0, 1, '', 'x'] | select | list }} {{ [0, 1] | reject | list }} {{ users | selectattr('age', 'equalto', 31) | map(attribute='name') | list }} {{ users | rejectattr('at.city', 'defined') | map(attribute='name') | list }} {{ users | selectattr('name') | list | length }} {{ list | select('in', [1, 2]) | list }}
{% if [] | select %}generators are true{% endif %}{% set g = list | map('string') %}{{ g | list }}{{ g | list }}
{{ '12' | int }} {{ ' 7 ' | int }} {{ '3.9' | int }} {{ 3.9 | int }} {{ -3.9 | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ none | int }} {{ true | int }} {{ '1.5' | float }} {{ 'x' | float }} {{ 2 | float }} {{ '1e3' | float }} {{ '1e3' | int }}
{{ -3 | abs }} {{ x | abs }} {{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 2.1 | round(0, 'ceil') }} {{ 2.9 | round(method='floor') }} {{ 1234.5 | round(-2) }} {{ 5 | round }}
{{ 'a\nb\n\nc' | indent }} {{ 'a\nb' | indent(2, true) }} {{ 'a\n\nb' | indent(1, blank=true) }} {{ 'a\nb\n' | indent('> ') }}|{{ '' | indent(2, true) }}|
{{ 'a b  c' | wordcount }} {{ range(5) | batch(2) | list }} {{ range(3) | batch(2, 'x') | list }} {{ '<b>' | safe }}
{{ range(3) | list }} {{ range(1, 7, 2) | list }} {{ range(3, 0, -1) | list }} {{ dict(a=1, b=2) }} {{ dict({'z': 1}, y=2) }}
{{ range(100001) }}
{{ word | upper | replace('L', 'l') | list | join('.') }}
{{ 'a' 'b' "c" }} {{ 'tab\tnl\\n \'q\' \x41 \u00e9 \U0001f600 \101 \q' }}
{% set a = 1 %}{% set b, c = 2, 3 %}{% set d = b, c %}{% set (e, f) = [4, 5] %}{{ a }}{{ b }}{{ c }}{{ d }}{{ e }}{{ f }}
{% set a, b = [1] %}
{% set block %}in {{ word }} {% set hidden = 1 %}{% endset %}[{{ block }}]{{ hidden }}
{% set block | upper | trim %} in {{ word }} {% endset %}[{{ block }}]
{% set ns = namespace(n=0, s='') %}{% for i in list %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}{{ ns.missing is defined }}{{ ns['n'] }}
{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a + ns.b }}
{% set map.a = 5 %}
{% if no %}a{% elif zero %}b{% elif one %}c{% else %}d{% endif %}{% if no %}e{% else %}f{% endif %}{% if missing %}g{% endif %}
{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.depth }};{% endfor %}
{% for x in list %}{{ loop.cycle('odd', 'even') }}{{ loop.changed(x > 2) }}{% endfor %}
{% for x in [] %}a{% else %}none{% endfor %}{% for x in list %}{% else %}none{% endfor %}
{% for x in list if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% else %}none{% endfor %}{% for x in list if x > 5 %}{% else %}none{% endfor %}
{% for x in range(9) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% for a, b in [(1, 2), [3, 4]] %}{{ a }}-{{ b }} {% endfor %}{% for c in 'é😀' %}[{{ c }}]{% endfor %}{% for k in map %}{{ k }};{% endfor %}
{% for a, b in [(1, 2, 3)] %}{% endfor %}
{% for x in none %}{% endfor %}
{% for x in missing %}{% else %}empty{% endfor %}
{% set x = 'out' %}{% for i in [1, 2] %}{{ x }}{% set x = 'in' %}{{ x }}{% endfor %}{{ x }}
{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}
{% for i in [1, 2] %}{% for j in [1, 2] %}{{ i }}{{ j }}{{ loop.index }} {% endfor %}{{ loop.index }}{% endfor %}{{ loop is defined }}
{% for x in list %}{% set last = x %}{% endfor %}{{ last is defined }}{{ x }}
{% macro hi(name, greeting='Hi', mark=greeting[0]) %}{{ greeting }} {{ name }}{{ mark }}{% endmacro %}{{ hi('Ann') }} {{ hi('Bob', 'Yo') }} {{ hi(greeting='Hey', name='Cy', mark='!') }} {{ hi() }}
{% macro hi(name) %}{% endmacro %}{{ hi(1, 2) }}
{% macro hi(name) %}{% endmacro %}{{ hi(other=2) }}
{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}{{ f(2) | length }}
{% macro m() %}{{ later }}{{ word }}{% set word = 'inner' %}{{ word }}{% endmacro %}{% set later = 'L' %}{{ m() }}{{ word }}
{% macro m() %}{% if q is not defined %}{% set q = 1 %}{% endif %}{{ q }}{% endmacro %}{{ m() }}{{ q }}
a{% generation %}b{{ word }}{% endgeneration %}c{% for i in [1, 2] %}{% generation %}😀{{ i }}{% set z = 1 %}{% endgeneration %}{{ z }}{% endfor %}
{%- generation %}{%- for i in list %}{{ loop.index }}{%- endfor %}{%- endgeneration -%} x
{# comment {{ x }} #}a{#- b -#} c {#+ d +#} e
{% raw %}{{ not }} {% a %} {# b #}{% endraw %}|{%- raw -%}  x {{ y {%- endraw -%} z
a {%- if yes -%} b {%- endif -%} c {{- word -}} d
a {%+ if yes +%} b {% endif %}
{{ raise_exception('No ' ~ word) }}
{{ strftime_now('%Y-%m-%d %d %b %B %a %A %H:%M:%S %I %p %y %j %% %e %F %T') }}
{{ 1 if missing is defined else 2 }}{{ (1 if yes else 2) + 1 }}{{ [1 if yes else 2, 3] }}{{ {'a': 1 if no else 2} }}
{{ {'a': 1, 'b': {'c': [1, 2]}}['b'].c[1] }}{{ {'a': 1}.a }}{{ [1, 2,] }}{{ {'a': 1,} }}{{ {1: 'x'}[1] }}
{{ list | length - 1 }} {{ (list | length) - 1 }} {{ list | length == 3 and list[0] | string == '3' }} {{ not word | length > 3 }}
{{ word|upper~word }} {{ 'x' in word|list }} {{ [1,2]|first + 1 }}
{{ 1, 2 }} {{ (1) }} {{ ((1, 2), 3) }}
{{ foo | nosuchfilter }}
{{ foo is nosuchtest }}
{% nosuchtag %}
{% if yes %}
{{ 'unclosed }}
{{ 1 + }}
{% endfor %}
{{ [1, 2 }}
{% for in x %}{% endfor %}
{{ }}
{# unclosed
{{ word.nosuchmethod() }}
{{ word() }}
{{ '%}' }}{{ "}}" }}{% set q = '%}' %}{{ q }}{{ {'a': {'b': 1}} }}
""".strip("\n").split("\n")

# Templates of several lines: what trim_blocks and lstrip_blocks are about.
LONG = [
    "{% if yes %}\n  a\n  {% endif %}\nb\n", "  {% if yes %}  \n  a{% endif %}  \n\n", "x {% if yes %}\ny{% endif %}\n\n",
    "  {#c#}  \n  {#d#}\n  {{ word }}\n", "\t{%+ if yes %}\n a\n\t{%- endif %}\n", "{% for i in list %}\n{{ i }}\n{% endfor %}\n",
    "a\r\nb\rc\n{% if yes %}\r\nd{% endif %}", "\n\n{{ word }}\n\n", "{{- word }}\n", "{% set x %}\n  in\n{% endset %}\n[{{ x }}]",
    "{% raw %}\n a \n  {% endraw %}\nb", "a\n  {%- raw %} b {% endraw -%}\n c", "{{ word -}}\n  {% if yes %}a{% endif %}",
    "{{ 'a\nb' }}{{ 'a\\\nb' }}", "{%- macro m(a,\n  b=2) -%}\n {{ a }}{{ b }}\n{%- endmacro -%}\n{{ m(1) }}",
    "{% if yes -%}\n   a\n{%- else -%}\n b{% endif +%}\n c", "a  {# x -#}\n  b\n  {#- y #}\nc", "{{ word }}  {% if yes %} a {% endif %}  {{ word }}",
]


def case(source):
    template_error = None
    try:
        template = chat_template_utils._compile_jinja_template(source)
        template.globals["strftime_now"] = NOW.strftime
        text, spans = chat_template_utils._render_with_assistant_indices(
            template, messages=[], tools=None, documents=None, add_generation_prompt=False, **VARIABLES)
    except Exception as e:  # whatever Python raises, the answer is: refused
        template_error = type(e).__name__
    if template_error:
        return {"template": source, "refused": template_error}
    return {"template": source, "text": text, "generations": spans}


def main():
    cases = [case(source) for source in CASES + LONG]
    # Characters that not every editor shows are written as escapes.
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"variables": VARIABLES, "cases": cases}, indent=1) + "\n")
    print(f"{len(cases)} cases, {sum('refused' in c for c in cases)} refused")


if __name__ == "__main__":
    main()
