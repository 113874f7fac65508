"""Programs that print the same in canary script as in Python; each begins with its title."""

_TEXT = r"""
#: numbers
print(1, -1, +1, 0, 10, 1.5, -0.25, 0.1, 1e3, 1_000, 0x10, 0b11, 1e-7, 123456789.0)

#: sums
print(1 + 2, 1 - 2, 3 * 4, 1 + 0.5, 0.1 + 0.2, 0.1 * 3)

#: divisions
print(7 / 2, 6 / 3, 7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 % -3, 7.5 // 2, 7.5 % 2, -0.0)

#: precedence
print(1 + 2 * 3, (1 + 2) * 3, -2 * 3, 10 - 4 - 3, 100 / 10 / 2, 7 - -3, not 1 == 2)

#: comparisons
print(1 < 2, 2 <= 2, 3 > 4, 4 >= 4, 1 == 1.0, 1 != 2, 'a' < 'b', 'b' >= 'c', 'a' == 'a')

#: chains
x = 5
print(1 < x < 10, 1 < x > 7, 0 == 0 != 1, 1 < 2 < 3 < 4, 1 < 3 < 2)

#: a chain stops at the first false link
def f():
    print('never')
    return 1
print(2 < 1 < f())

#: and gives a value
print(0 and 1, 2 and 3, '' and 1, 'a' and '', None and 1, [] and 1, 1 and 2 and 3)

#: or gives a value
print(0 or 1, 2 or 3, '' or 'a', None or 0, [] or {} or 'end')

#: and or stop early
def f():
    print('never')
    return 1
print(0 and f(), 1 or f())

#: not
print(not 0, not 1, not '', not 'a', not None, not [], not [0], not {}, not not 3)

#: choices
x = 3
print('big' if x > 2 else 'small', 1 if 0 else 2 if 0 else 3)

#: equality of lists
print([1, 2] == [1, 2], [1] == [1, 2], [1, [2]] == [1, [2]], [] == [], [1] != [2], [1] == 1)

#: equality of dicts
print({'a': 1} == {'a': 1}, {'a': 1} == {'b': 1}, {'a': 1, 'b': 2} == {'b': 2, 'a': 1}, {} == [])

#: equality of kinds
print(None == None, None == 0, '1' == 1, 'a' != None, True == True, True == False)

#: in
print(1 in [1, 2], 3 in [1], 'a' in {'a': 1}, 1 in {'a': 1}, 'b' in 'abc', '' in 'a', 'd' not in 'abc')

#: texts
print('a' + 'b', 'ab' * 3, 3 * 'ab', 'a' * 0, 'a' * -1, 'abc'[0], 'abc'[-1], len('abc'), 'a' 'b')

#: text quotes
print('it\'s', "say \"hi\"", 'a\tb', 'back\\slash', '''three
lines
here''')

#: text in other alphabets
print('Größe 日本 😀', len('日本😀'), '日本'[1])

#: a line break in a text
print('a\nb')
print('c')

#: lists
x = [1, 'a', [2.5, None], True]
print(x, len(x), x[0], x[-1], x[2][0])

#: lists added and repeated
print([1] + [2, 3], [0] * 3, 2 * [1, 2], [] + [], [1] * 0)

#: list entries set
x = [1, 2, 3]
x[0] = 'a'
x[-1] = [4]
x[2][0] = 5
print(x)

#: dicts
d = {'a': 1, 2: 'b', 'c': {'d': None}}
print(d, len(d), d['a'], d[2], d['c']['d'])

#: dict entries set
d = {}
d['a'] = 1
d['b'] = 2
d['a'] = 3
d[7] = [1]
print(d)

#: a key given twice
print({'a': 1, 'a': 2})

#: quotes within lists
print(['a', "it's", 'tab\t', 'new\nline', '日本'], {'k': 'v'})

#: print
print()
print('a', 1, None, True, 1.0, [])
print('')

#: None, True and False
print(None, True, False)

#: augmented
x = 10
x += 5
x -= 3
x *= 4
x /= 6
x //= 3
x %= 2
print(x)
s = 'a'
s += 'b'
s *= 2
print(s)

#: augmented entries
d = {'a': 1}
d['a'] += 2
x = [1, 2]
x[1] *= 5
x[d['a'] - 3] -= 1
print(d, x)

#: if
for x in [1, 2, 3, 4]:
    if x == 1:
        print('one')
    elif x == 2:
        print('two')
    elif x == 3:
        pass
    else:
        print('more')

#: for over ranges
for i in range(3):
    print(i)
for i in range(2, 4):
    print(i)
for i in range(5, 0, -2):
    print(i)
for i in range(0):
    print('never')
print(i)

#: break and continue
for i in range(10):
    if i % 2:
        continue
    if i > 6:
        break
    print(i)

#: break leaves the inner loop only
for i in range(3):
    for j in range(3):
        if j == 1:
            break
        print(i, j)

#: functions
def f(a, b=2, c=3):
    return a + b * c
print(f(1), f(1, 5), f(1, c=10), f(b=0, a=7), f(1, 2, 3))

#: a function without return
def f():
    x = 1
print(f())
def g():
    return
print(g())

#: return leaves loops
def f(n):
    for i in range(10):
        for j in range(10):
            if i * j == n:
                return [i, j]
    return None
print(f(12), f(97))

#: return inside if inside for
def f():
    for i in range(5):
        if i == 3:
            return i
print(f() + f())

#: recursion
def f(n):
    return 1 if n < 2 else n * f(n - 1)
print(f(10))

#: mutual recursion
def even(n):
    return True if n == 0 else odd(n - 1)
def odd(n):
    return False if n == 0 else even(n - 1)
print(even(10), odd(7))

#: locals stay inside
x = 1
def f():
    x = 2
    return x
print(f(), x)

#: globals are seen inside
x = 1
def f():
    return x
x = 5
print(f())

#: parameters hide globals
x = 1
def f(x):
    return x * 10
print(f(2), x)

#: defaults are taken when defined
x = 1
def f(a=x):
    return a
x = 2
print(f())

#: a default list is kept between calls
def f(seen=[0]):
    seen[0] += 1
    return seen[0]
print(f(), f(), f([5]), f())

#: a list passed in is the same list
def f(x):
    x[0] = 9
a = [1]
f(a)
print(a)

#: a second name is the same list
a = [1, 2]
b = a
b[0] = 5
print(a)

#: a list put together is another one
a = [1]
b = a + [2]
b[0] = 7
print(a, b)

#: functions have other names too
def f():
    return 1
g = f
print(g(), f == g)

#: a function may be defined anew
def f():
    return 1
def f():
    return 2
print(f())

#: a function of the language may be defined anew
def len(x):
    return 42
print(len([]))

#: a function defined in a branch
if 1:
    def f():
        return 'yes'
print(f())

#: plain functions
print(len([1, 2]), len({}), min(3, 1), max([2, 9, 4]), min(1, 2, 0), sum([1, 2, 3]), sum([]), abs(-2.5))

#: rounding
print(round(2.5), round(3.5), round(2.567, 2), round(7), round(-1.5), round(1234.5678, 1), round(5, 2))

#: conversions
print(str(1.50), str(None), int(2.9), int(-2.9), int('42'), float(3), float('2.5'), float(' 1e3 '), str([1]))

#: odd floats
print(int(-0.030000000000000002), float(1.2345678901234567e-05), 1e-300, 5e-324)

#: f-strings
x = 3
name = 'v2'
print(f'{name}: {x} of {x * 2}', f'{{x}}', f'', f'{[1, "a"]}', f'{None}')

#: f-strings with conditions
x = 3
print(f"{'high' if x > 2 else 'low'} {x == 3} {x if x else 0}")

#: f-strings with calls
def f(n):
    return n + 1
print(f'{f(1)}{f(f(1))}')

#: formats of numbers
print(f'{2.345:.1f}|{2:.2f}|{1234567:,}|{1234.5:,.2f}|{0.123:.1%}|{1:%}|{5:d}|{1.5:f}|{1234.5:,}|{2.0:.0f}')

#: formats with width
print(f'{1:>5}|{1:<5}|{1:^5}|{1:5}|{"a":>3}|{"a":3}|{"a":^3}|{1.5:>8.2f}|{1234:>9,}|{"long":2}')

#: comments and blank lines
# a comment

x = 1  # another


print(x)
# the end

#: lines joined by brackets
x = [
    1,
    2,
]
print(
    x,
    len(
        x
    ),
)

#: several statements on a line
x = 1; y = 2; print(x + y)

#: an expression alone
1 + 1
'a docstring'
print('after')

#: a docstring
def f():
    'what f does'
    return 1
print(f())

#: tabs
if 1:
	print('tab')

#: the fibonacci numbers
a = 0
b = 1
for i in range(20):
    c = a + b
    a = b
    b = c
print(a)

#: counting words
seen = {}
for word in ['a', 'b', 'a', 'c', 'a']:
    if word in seen:
        seen[word] += 1
    else:
        seen[word] = 1
print(seen)

#: sorting by hand
x = [5, 2, 9, 1]
for i in range(len(x)):
    for j in range(len(x) - 1):
        if x[j] > x[j + 1]:
            t = x[j]
            x[j] = x[j + 1]
            x[j + 1] = t
print(x)
"""

SAME: dict[str, str] = {
    title: source.rstrip("\n") for title, source in (part.split("\n", 1) for part in _TEXT.split("#: ")[1:])
}
